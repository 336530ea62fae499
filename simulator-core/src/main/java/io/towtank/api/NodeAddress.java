package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * An address of a node.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeAddress(String type, String address, Fields rest) {
  public NodeAddress {
    rest = rest == null ? Fields.NONE : rest;
  }
}
