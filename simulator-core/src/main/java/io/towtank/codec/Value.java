package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;

/** How values of one type are read from documents and written. */
interface Value {
  /**
   * Reads a value.
   *
   * @param node never absent and never null
   * @throws MalformedDocumentException where the node has another shape
   */
  Object read(JsonNode node);

  /** Writes a value; the result shares nothing that can change. */
  JsonNode write(Object value);

  /** Whether the value is none, so that a field that has it is not written. */
  default boolean isNone(Object value) {
    return false;
  }
}
