package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Checks golden files of one kind. */
@FunctionalInterface
public interface Suite {
  /**
   * Checks one document of a file, which is one line of it.
   *
   * @return one result for each case that the document holds
   * @throws RuntimeException counts as one case that disagrees
   */
  List<CaseResult> check(JsonNode document);
}
