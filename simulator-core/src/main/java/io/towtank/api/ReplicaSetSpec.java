package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods of which template.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ReplicaSetSpec(
    @Nullable Integer replicas,
    @Nullable Integer minReadySeconds,
    LabelSelector selector,
    @Nullable PodTemplateSpec template,
    Fields rest) {
  public ReplicaSetSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
