package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A zone whose traffic an endpoint is for.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ForZone(String name, Fields rest) {
  public ForZone {
    rest = rest == null ? Fields.NONE : rest;
  }
}
