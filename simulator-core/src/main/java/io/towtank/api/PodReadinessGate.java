package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A further condition that a pod needs to be ready.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodReadinessGate(String conditionType, Fields rest) {
  public PodReadinessGate {
    rest = rest == null ? Fields.NONE : rest;
  }
}
