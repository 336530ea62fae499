package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A node label with the values allowed.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record TopologySelectorLabelRequirement(
    String key, ImmutableList<String> values, Fields rest) {
  public TopologySelectorLabelRequirement {
    values = values == null ? ImmutableList.of() : values;
    rest = rest == null ? Fields.NONE : rest;
  }
}
