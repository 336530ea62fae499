package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Keeps a pod from being scheduled while it is there (KEP-3521).
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodSchedulingGate(String name, Fields rest) {
  public PodSchedulingGate {
    rest = rest == null ? Fields.NONE : rest;
  }
}
