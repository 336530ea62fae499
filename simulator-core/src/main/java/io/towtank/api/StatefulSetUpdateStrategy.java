package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * RollingUpdate or OnDelete.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSetUpdateStrategy(
    @Nullable String type, @Nullable RollingUpdateStatefulSetStrategy rollingUpdate, Fields rest) {
  public StatefulSetUpdateStrategy {
    rest = rest == null ? Fields.NONE : rest;
  }
}
