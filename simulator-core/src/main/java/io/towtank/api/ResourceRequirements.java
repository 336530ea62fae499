package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Requests and limits by resource name.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceRequirements(
    ImmutableMap<String, Quantity> limits, ImmutableMap<String, Quantity> requests, Fields rest) {
  public ResourceRequirements {
    limits = limits == null ? ImmutableMap.of() : limits;
    requests = requests == null ? ImmutableMap.of() : requests;
    rest = rest == null ? Fields.NONE : rest;
  }
}
