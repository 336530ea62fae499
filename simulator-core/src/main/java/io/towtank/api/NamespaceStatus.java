package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Active or Terminating.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NamespaceStatus(
    @Nullable String phase, ImmutableList<Condition> conditions, Fields rest) {
  public NamespaceStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}
