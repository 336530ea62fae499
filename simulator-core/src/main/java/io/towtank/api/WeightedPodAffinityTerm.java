package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A term with its weight.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record WeightedPodAffinityTerm(int weight, PodAffinityTerm podAffinityTerm, Fields rest) {
  public WeightedPodAffinityTerm {
    rest = rest == null ? Fields.NONE : rest;
  }
}
