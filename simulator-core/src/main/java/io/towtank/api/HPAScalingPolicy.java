package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How much a workload may change within a time.
 *
 * @param type Pods or Percent
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HPAScalingPolicy(String type, int value, int periodSeconds, Fields rest) {
  public HPAScalingPolicy {
    rest = rest == null ? Fields.NONE : rest;
  }
}
