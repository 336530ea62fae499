package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * One condition on a label: In, NotIn, Exists or DoesNotExist.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LabelSelectorRequirement(
    String key, String operator, ImmutableList<String> values, Fields rest) {
  public LabelSelectorRequirement {
    values = values == null ? ImmutableList.of() : values;
    rest = rest == null ? Fields.NONE : rest;
  }
}
