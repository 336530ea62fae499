package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;

/**
 * How one case came out.
 *
 * @param name what tells the case from others of its file
 * @param expected what Kubernetes did
 * @param actual what Towtank does; what need not agree may be taken from what is expected
 * @param differences where the two differ, empty where they agree
 */
public record CaseResult(
    String name, JsonNode expected, JsonNode actual, ImmutableList<Difference> differences) {
  /** Whether Towtank does what Kubernetes did. */
  public boolean agrees() {
    return differences.isEmpty();
  }
}
