package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Lets a pod run on nodes with a matching taint.
 *
 * @param operator Exists or Equal (default)
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Toleration(
    @Nullable String key,
    @Nullable String operator,
    @Nullable String value,
    @Nullable String effect,
    @Nullable Long tolerationSeconds,
    Fields rest) {
  public Toleration {
    rest = rest == null ? Fields.NONE : rest;
  }
}
