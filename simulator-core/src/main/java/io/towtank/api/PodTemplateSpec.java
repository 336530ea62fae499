package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What the pods of a workload are made from.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodTemplateSpec(
    ObjectMeta metadata, PodSpec spec, @Nullable @In("spec") String nodeName, Fields rest) {
  public PodTemplateSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
