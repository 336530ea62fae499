package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The drivers of a node.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CsiNodeSpec(ImmutableList<CsiNodeDriver> drivers, Fields rest) {
  public CsiNodeSpec {
    drivers = drivers == null ? ImmutableList.of() : drivers;
    rest = rest == null ? Fields.NONE : rest;
  }
}
