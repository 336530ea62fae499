package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * From which ordinal on pods are updated, and how many at once.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record RollingUpdateStatefulSetStrategy(
    @Nullable Integer partition, @Nullable IntOrString maxUnavailable, Fields rest) {
  public RollingUpdateStatefulSetStrategy {
    rest = rest == null ? Fields.NONE : rest;
  }
}
