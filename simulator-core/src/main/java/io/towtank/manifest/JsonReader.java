package io.towtank.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON documents, one after another, into trees that know their positions. YAML would do for
 * most, but not where JSON is indented with tabs.
 */
final class JsonReader {
  private final String source;
  private final Problems problems;
  private final JsonParser parser;
  private final Positions positions = new Positions();

  private JsonReader(String source, Problems problems, JsonParser parser) {
    this.source = source;
    this.problems = problems;
    this.parser = parser;
  }

  /** Whether the first character is that of a JSON object, and its first name is in quotes. */
  static boolean looksLikeJson(String text) {
    int at = skipBlanks(text, 0);
    if (at == text.length() || text.charAt(at) != '{') {
      return false;
    }
    at = skipBlanks(text, at + 1);
    return at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '}');
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && " \t\r\n\uFEFF".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  static ImmutableList<YamlDocument> read(String source, String text, Problems problems) {
    ImmutableList.Builder<YamlDocument> documents = ImmutableList.builder();
    try (JsonParser parser =
        new JsonFactory().createParser(text.startsWith("\uFEFF") ? text.substring(1) : text)) {
      JsonReader reader = new JsonReader(source, problems, parser);
      while (parser.nextToken() != null) {
        Position start = reader.position();
        documents.add(new YamlDocument(source, text, reader.node(), start, reader.positions));
      }
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      problems.add(
          new Problem(
              source,
              location == null ? 1 : location.getLineNr(),
              location == null ? 1 : location.getColumnNr(),
              "",
              "not readable as JSON: "
                  + (e instanceof StreamConstraintsException
                      ? "something is too large for a manifest, or nested too deep"
                      : e.getOriginalMessage()),
              null));
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail", e);
    }
    return documents.build();
  }

  private JsonNode node() throws IOException {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> list();
      case VALUE_STRING -> factory.textNode(parser.getText());
      case VALUE_TRUE -> factory.booleanNode(true);
      case VALUE_FALSE -> factory.booleanNode(false);
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT -> factory.numberNode(parser.getIntValue());
            case LONG -> factory.numberNode(parser.getLongValue());
            default -> factory.numberNode((BigInteger) parser.getNumberValue());
          };
      case VALUE_NUMBER_FLOAT -> factory.numberNode(parser.getDoubleValue());
      default -> factory.nullNode();
    };
  }

  private ObjectNode object() throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    positions.container(object, position());
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      Position namePosition = position();
      parser.nextToken();
      Position valuePosition = position();
      JsonNode value = node();
      if (object.has(name)) {
        Position first = positions.name(object, name);
        problem(
            namePosition,
            "\"" + name + "\" is here twice, first on line " + (first == null ? 0 : first.line()),
            "remove one of the two");
      } else {
        object.set(name, value);
        positions.field(object, name, namePosition, valuePosition);
      }
    }
    return object;
  }

  private ArrayNode list() throws IOException {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    positions.container(list, position());
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      positions.item(list, position());
      list.add(node());
    }
    return list;
  }

  private Position position() {
    JsonLocation location = parser.currentTokenLocation();
    return new Position(location.getLineNr(), location.getColumnNr());
  }

  private void problem(Position position, String message, @Nullable String suggestion) {
    problems.add(new Problem(source, position.line(), position.column(), "", message, suggestion));
  }
}
