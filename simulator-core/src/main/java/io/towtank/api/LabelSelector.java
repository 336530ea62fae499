package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Selects objects by labels, as written; Selector is what is asked.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LabelSelector(
    ImmutableMap<String, String> matchLabels,
    ImmutableList<LabelSelectorRequirement> matchExpressions,
    Fields rest) {
  public LabelSelector {
    matchLabels = matchLabels == null ? ImmutableMap.of() : matchLabels;
    matchExpressions = matchExpressions == null ? ImmutableList.of() : matchExpressions;
    rest = rest == null ? Fields.NONE : rest;
  }
}
