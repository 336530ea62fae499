package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** The types that Go's JSON makes of values. */
enum Shape {
  NULL,
  BOOLEAN,
  TEXT,
  INTEGER,
  FLOAT,
  LIST,
  OBJECT;

  static Shape of(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> OBJECT;
      case ARRAY -> LIST;
      case STRING, BINARY -> TEXT;
      case BOOLEAN -> BOOLEAN;
      // Whole numbers beyond 64 bits are read as floating point.
      case NUMBER -> node.isIntegralNumber() && node.canConvertToLong() ? INTEGER : FLOAT;
      case NULL, MISSING, POJO -> NULL;
    };
  }
}
