package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.towtank.validation.FieldPath;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A document of a YAML or JSON text that knows where its parts stand. */
public final class YamlDocument {
  private final String source;
  private final String text;
  private final JsonNode content;
  private final Position start;
  private final Positions positions;

  YamlDocument(String source, String text, JsonNode content, Position start, Positions positions) {
    this.source = source;
    this.text = text;
    this.content = content;
    this.start = start;
    this.positions = positions;
  }

  /** The name of the file. */
  public String source() {
    return source;
  }

  /**
   * What the document says. It may be changed: parts that move keep their positions, parts that are
   * added have that of what is around them.
   */
  public JsonNode content() {
    return content;
  }

  /** A part of this document as one of its own. */
  YamlDocument part(JsonNode part, FieldPath path) {
    return new YamlDocument(source, text, part, position(path), positions);
  }

  /** The same document with other texts, each where it was; the names of fields stay. */
  public YamlDocument withTexts(UnaryOperator<String> change) {
    JsonNode changed = withTexts(content, change);
    positions.copied(content, changed);
    return new YamlDocument(source, text, changed, start, positions);
  }

  private static JsonNode withTexts(JsonNode node, UnaryOperator<String> change) {
    if (node.isTextual()) {
      return TextNode.valueOf(change.apply(node.textValue()));
    }
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(field -> object.set(field.getKey(), withTexts(field.getValue(), change)));
      return object;
    }
    if (node.isArray()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> list.add(withTexts(item, change)));
      return list;
    }
    return node;
  }

  /** Where a field's name stands, or an item; or the nearest thing around it that is there. */
  public Position position(FieldPath path) {
    return locate(path, true);
  }

  /** Where a field's value stands, or an item; or the nearest thing around it that is there. */
  public Position valuePosition(FieldPath path) {
    return locate(path, false);
  }

  private Position locate(FieldPath path, boolean nameOfLast) {
    Position nearest = start;
    JsonNode here = content;
    int left = path.steps().size();
    for (FieldPath step : path.steps()) {
      left--;
      String name = step.name();
      Position next;
      JsonNode inside;
      if (step.step() == FieldPath.Step.ITEM) {
        next = positions.item(here, step.index());
        inside = here.path(step.index());
      } else {
        boolean wantsName = nameOfLast && left == 0;
        next = wantsName ? positions.name(here, name) : positions.value(here, name);
        inside = here.path(name);
      }
      if (next == null && inside.isContainerNode()) {
        next = positions.start(inside);
      }
      if (next != null && !inside.isMissingNode()) {
        nearest = next;
      }
      here = inside;
    }
    return nearest;
  }

  /**
   * The unquoted word that stands at a field's value, as {@code yes} where the value is true; null
   * where there is none.
   */
  public @Nullable String wordAt(FieldPath path) {
    Position position = valuePosition(path);
    int lineStart = 0;
    for (int line = 1; line < position.line(); line++) {
      lineStart = text.indexOf('\n', lineStart) + 1;
      if (lineStart == 0) {
        return null;
      }
    }
    int from = lineStart + position.column() - 1;
    int to = from;
    while (to < text.length() && "\r\n,]}#:\"' ".indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return to == from ? null : text.substring(from, to);
  }
}
