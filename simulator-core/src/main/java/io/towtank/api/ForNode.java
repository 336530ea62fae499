package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A node whose traffic an endpoint is for.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ForNode(String name, Fields rest) {
  public ForNode {
    rest = rest == null ? Fields.NONE : rest;
  }
}
