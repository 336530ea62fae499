package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * One condition on a node: In, NotIn, Exists, DoesNotExist, Gt or Lt.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeSelectorRequirement(
    String key, String operator, ImmutableList<String> values, Fields rest) {
  public NodeSelectorRequirement {
    values = values == null ? ImmutableList.of() : values;
    rest = rest == null ? Fields.NONE : rest;
  }
}
