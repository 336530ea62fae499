package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Selects nodes that match any of the terms.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeSelector(ImmutableList<NodeSelectorTerm> nodeSelectorTerms, Fields rest) {
  public NodeSelector {
    nodeSelectorTerms = nodeSelectorTerms == null ? ImmutableList.of() : nodeSelectorTerms;
    rest = rest == null ? Fields.NONE : rest;
  }
}
