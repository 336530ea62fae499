package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Matches a pod that has a condition.
 *
 * @param status of the condition: True, False or Unknown
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodFailurePolicyOnPodConditionsPattern(String type, String status, Fields rest) {
  public PodFailurePolicyOnPodConditionsPattern {
    status = status == null ? "True" : status;
    rest = rest == null ? Fields.NONE : rest;
  }
}
