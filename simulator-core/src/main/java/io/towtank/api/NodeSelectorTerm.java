package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Conditions on a node that must all hold; a term without any matches nothing.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeSelectorTerm(
    ImmutableList<NodeSelectorRequirement> matchExpressions,
    ImmutableList<NodeSelectorRequirement> matchFields,
    Fields rest) {
  public NodeSelectorTerm {
    matchExpressions = matchExpressions == null ? ImmutableList.of() : matchExpressions;
    matchFields = matchFields == null ? ImmutableList.of() : matchFields;
    rest = rest == null ? Fields.NONE : rest;
  }
}
