package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.function.Function;

/**
 * Checks files of which a document holds one case: inputs, and the outcome beside them.
 *
 * @param inputs names of the fields that are inputs; all others are the outcome
 * @param name names a case by its document
 * @param outcome what Towtank makes of a document, in the layout of the golden outcome
 */
record OutcomeSuite(
    ImmutableSet<String> inputs,
    Function<JsonNode, String> name,
    Function<JsonNode, ObjectNode> outcome)
    implements Suite {
  @Override
  public List<CaseResult> check(JsonNode document) {
    ObjectNode expected = ((ObjectNode) document.deepCopy()).remove(inputs);
    ObjectNode actual = outcome.apply(document);
    return List.of(
        new CaseResult(
            name.apply(document),
            expected,
            Comparison.ALL_BUT_WORDING.aligned(expected, actual),
            Comparison.ALL_BUT_WORDING.differences(expected, actual)));
  }
}
