package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The limits of a range.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LimitRangeSpec(ImmutableList<LimitRangeItem> limits, Fields rest) {
  public LimitRangeSpec {
    limits = limits == null ? ImmutableList.of() : limits;
    rest = rest == null ? Fields.NONE : rest;
  }
}
