package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.towtank.api.IntOrString;
import io.towtank.api.Quantity;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import java.time.DateTimeException;

/** Values without parts. */
enum Scalar implements Value {
  TEXT {
    @Override
    public Object read(JsonNode node) {
      return text(node, "a text");
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode((String) value);
    }
  },

  INT {
    @Override
    public Object read(JsonNode node) {
      if (!node.isIntegralNumber()) {
        throw expected("a whole number", node);
      }
      if (!node.canConvertToInt()) {
        throw new MalformedDocumentException(
            "", node.asText() + " does not fit: a number here has 32 bits");
      }
      return node.intValue();
    }

    @Override
    public JsonNode write(Object value) {
      return IntNode.valueOf((Integer) value);
    }
  },

  LONG {
    @Override
    public Object read(JsonNode node) {
      if (!node.isIntegralNumber()) {
        throw expected("a whole number", node);
      }
      if (!node.canConvertToLong()) {
        throw new MalformedDocumentException(
            "", node.asText() + " does not fit: a number here has 64 bits");
      }
      return node.longValue();
    }

    @Override
    public JsonNode write(Object value) {
      long number = (Long) value;
      // As a parser would make it, so that trees can be compared.
      return number == (int) number ? IntNode.valueOf((int) number) : LongNode.valueOf(number);
    }
  },

  DOUBLE {
    @Override
    public Object read(JsonNode node) {
      if (!node.isNumber()) {
        throw expected("a number", node);
      }
      return node.doubleValue();
    }

    @Override
    public JsonNode write(Object value) {
      return JsonNodeFactory.instance.numberNode((double) (Double) value);
    }
  },

  BOOLEAN {
    @Override
    public Object read(JsonNode node) {
      if (!node.isBoolean()) {
        throw expected("true or false", node);
      }
      return node.booleanValue();
    }

    @Override
    public JsonNode write(Object value) {
      return JsonNodeFactory.instance.booleanNode((Boolean) value);
    }
  },

  QUANTITY {
    @Override
    public Object read(JsonNode node) {
      if (!node.isTextual() && !node.isNumber()) {
        throw expected("a quantity, as in 500m or 2Gi", node);
      }
      try {
        return Quantity.parse(node.asText());
      } catch (IllegalArgumentException e) {
        throw new MalformedDocumentException(
            "", "\"" + node.asText() + "\" is no quantity, as in 500m or 2Gi");
      }
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(value.toString());
    }
  },

  INT_OR_STRING {
    @Override
    public Object read(JsonNode node) {
      if (node.isTextual()) {
        return IntOrString.of(node.textValue());
      }
      if (node.isIntegralNumber() && node.canConvertToInt()) {
        return IntOrString.of(node.intValue());
      }
      throw expected("a whole number or a text, as in 3 or \"25%\"", node);
    }

    @Override
    public JsonNode write(Object value) {
      IntOrString either = (IntOrString) value;
      return either.text() == null ? IntNode.valueOf(either.number()) : new TextNode(either.text());
    }
  },

  UID {
    @Override
    public Object read(JsonNode node) {
      return Uid.parse(text(node, "a uid"));
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(value.toString());
    }
  },

  /** metav1.Time: whole seconds. */
  TIME {
    @Override
    public Object read(JsonNode node) {
      return Timestamps.toSecond(time(node));
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(Timestamps.format((Long) value));
    }

    @Override
    public boolean isNone(Object value) {
      return (Long) value == Timestamps.NONE;
    }
  },

  /** metav1.MicroTime: whole microseconds. */
  MICRO_TIME {
    @Override
    public Object read(JsonNode node) {
      return Math.floorDiv(time(node), 1000L) * 1000L;
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(Timestamps.formatMicros((Long) value));
    }

    @Override
    public boolean isNone(Object value) {
      return (Long) value == Timestamps.NONE;
    }
  },

  /** metadata.resourceVersion: a number that documents have as a text. */
  REVISION {
    @Override
    public Object read(JsonNode node) {
      String text = text(node, "a revision");
      try {
        return text.isEmpty() ? 0L : Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new MalformedDocumentException(
            "", "\"" + text + "\" is no revision: a whole number in quotes, as the API gave it");
      }
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(Long.toString((Long) value));
    }

    @Override
    public boolean isNone(Object value) {
      return (Long) value == 0;
    }
  },

  /** What is kept as it came. */
  ANY {
    @Override
    public Object read(JsonNode node) {
      return node.deepCopy();
    }

    @Override
    public JsonNode write(Object value) {
      return ((JsonNode) value).deepCopy();
    }
  };

  private static String text(JsonNode node, String what) {
    if (!node.isTextual()) {
      throw expected(what, node);
    }
    return node.textValue();
  }

  private static long time(JsonNode node) {
    String text = text(node, "a time");
    try {
      return Timestamps.parse(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new MalformedDocumentException(
          "", "\"" + text + "\" is no time, as in 2026-01-31T15:04:05Z");
    }
  }

  /** That something else is there than should be. */
  static MalformedDocumentException expected(String what, JsonNode found) {
    return new MalformedDocumentException(
        "", "expected " + what + ", found " + Description.of(found));
  }
}
