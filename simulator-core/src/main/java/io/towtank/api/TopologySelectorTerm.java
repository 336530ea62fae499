package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Where volumes of a class may be made.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record TopologySelectorTerm(
    ImmutableList<TopologySelectorLabelRequirement> matchLabelExpressions, Fields rest) {
  public TopologySelectorTerm {
    matchLabelExpressions =
        matchLabelExpressions == null ? ImmutableList.of() : matchLabelExpressions;
    rest = rest == null ? Fields.NONE : rest;
  }
}
