package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A term with the weight that it adds to the score of matching nodes.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PreferredSchedulingTerm(int weight, NodeSelectorTerm preference, Fields rest) {
  public PreferredSchedulingTerm {
    rest = rest == null ? Fields.NONE : rest;
  }
}
