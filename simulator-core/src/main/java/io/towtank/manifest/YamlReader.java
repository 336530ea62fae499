package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads a text of YAML or JSON documents into trees that know their positions, with the meaning
 * that Kubernetes gives to YAML ({@link PlainScalars}), anchors, merge keys, and no field twice.
 *
 * <p>It composes the tree from the parser's events: SnakeYAML's own composer resolves words as YAML
 * 1.1 does and drops positions.
 */
public final class YamlReader {
  /** More nodes than this made by aliases, and the file means harm. */
  private static final int ALIASED_NODES = 1_000_000;

  /**
   * The parser takes time by the square of a word's length, and the API server takes no request of
   * more than 3 MiB (apiserver: MaxRequestBodyBytes).
   */
  private static final int WORD = 3 << 20;

  /** Deeper trees are no manifests and would overflow the stack. */
  private static final int DEPTH = 200;

  private static final String TAGS = "tag:yaml.org,2002:";

  private final String source;
  private final String text;
  private final Problems problems;
  private final Parser parser;
  private final Positions positions = new Positions();
  private final Map<String, JsonNode> anchors = new HashMap<>();
  private int aliasedNodes;
  private int depth;

  private YamlReader(String source, String text, Problems problems) {
    this.source = source;
    this.text = text;
    this.problems = problems;
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    this.parser = new ParserImpl(new StreamReader(text), options);
  }

  /**
   * Reads all documents of a text but for empty ones, as far as it can be read: what follows an
   * error of syntax is left out.
   *
   * @param source the file's name, for messages
   */
  public static ImmutableList<YamlDocument> read(String source, String text, Problems problems) {
    if (JsonReader.looksLikeJson(text)) {
      return JsonReader.read(source, text, problems);
    }
    Position tooLong = tooLongWord(text);
    if (tooLong != null) {
      problems.add(
          new Problem(
              source,
              tooLong.line(),
              tooLong.column(),
              "",
              "a word of more than " + WORD + " characters: no API server takes an object as large",
              null));
      return ImmutableList.of();
    }
    return new YamlReader(source, text, problems).documents();
  }

  /** Where a word begins that is too long to be read; null where there is none. */
  private static @Nullable Position tooLongWord(String text) {
    int begin = 0;
    int lineStart = 0;
    int line = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line++;
        lineStart = i + 1;
        begin = i + 1;
      } else if (c == ' ') {
        begin = i + 1;
      } else if (i - begin > WORD) {
        return new Position(line, begin - lineStart + 1);
      }
    }
    return null;
  }

  /**
   * Reads all documents of a text; empty ones are left out.
   *
   * @param source the file's name, for messages
   * @throws ManifestException where the text is no YAML, or a field is there twice
   */
  public static ImmutableList<YamlDocument> read(String source, String text) {
    Problems problems = new Problems();
    ImmutableList<YamlDocument> documents = read(source, text, problems);
    problems.throwIfAny();
    return documents;
  }

  private ImmutableList<YamlDocument> documents() {
    ImmutableList.Builder<YamlDocument> documents = ImmutableList.builder();
    try {
      for (Event event = parser.getEvent();
          !event.is(Event.ID.StreamEnd);
          event = parser.getEvent()) {
        if (event.is(Event.ID.DocumentStart)) {
          anchors.clear();
          Event first = parser.getEvent();
          JsonNode content = node(first);
          if (!content.isNull()) {
            documents.add(
                new YamlDocument(source, text, content, position(first.getStartMark()), positions));
          }
        }
      }
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      problem(
          mark == null ? Position.START : position(mark),
          (e.getContext() == null ? "" : e.getContext() + ": ") + e.getProblem(),
          null);
    } catch (YAMLException e) {
      problem(Position.START, "not readable: " + e.getMessage(), null);
    }
    return documents.build();
  }

  private JsonNode node(Event event) {
    JsonNode node =
        switch (event) {
          case AliasEvent alias -> alias(alias);
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent start -> list(start);
          case MappingStartEvent start -> object(start);
          default -> throw new IllegalStateException("unexpected " + event);
        };
    if (event instanceof NodeEvent anchored
        && !(event instanceof AliasEvent)
        && anchored.getAnchor() != null) {
      anchors.put(anchored.getAnchor(), node);
    }
    return node;
  }

  private JsonNode alias(AliasEvent alias) {
    JsonNode original = anchors.get(alias.getAnchor());
    if (original == null) {
      problem(
          position(alias.getStartMark()),
          "*" + alias.getAnchor() + " refers to nothing: no &" + alias.getAnchor() + " ends above",
          null);
      return NullNode.instance;
    }
    aliasedNodes += size(original);
    if (aliasedNodes > ALIASED_NODES) {
      throw new YAMLException("aliases make it larger than " + ALIASED_NODES + " values");
    }
    JsonNode copy = original.deepCopy();
    positions.copied(original, copy);
    return copy;
  }

  private static int size(JsonNode node) {
    int size = 1;
    for (JsonNode child : node) {
      size += size(child);
    }
    return size;
  }

  private JsonNode scalar(ScalarEvent scalar) {
    String tag = scalar.getTag();
    if (tag == null || tag.equals("!")) {
      if (scalar.getScalarStyle() != ScalarStyle.PLAIN || tag != null) {
        return new TextNode(scalar.getValue());
      }
    } else if (tag.equals(TAGS + "str")) {
      return new TextNode(scalar.getValue());
    } else if (!tag.startsWith(TAGS)
        || !List.of("int", "float", "bool", "null").contains(tag.substring(TAGS.length()))) {
      problem(
          position(scalar.getStartMark()), "the tag " + tag + " has no meaning in manifests", null);
      return NullNode.instance;
    }
    JsonNode value = PlainScalars.resolve(scalar.getValue());
    if (value == null) {
      problem(
          position(scalar.getStartMark()),
          scalar.getValue() + " is no number that a manifest can have",
          "put it in quotes if it is a text");
      return NullNode.instance;
    }
    return value;
  }

  private ArrayNode list(SequenceStartEvent start) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    positions.container(list, position(start.getStartMark()));
    enter(start);
    for (Event event = parser.getEvent();
        !event.is(Event.ID.SequenceEnd);
        event = parser.getEvent()) {
      positions.item(list, position(event.getStartMark()));
      list.add(node(event));
    }
    depth--;
    return list;
  }

  private ObjectNode object(MappingStartEvent start) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    positions.container(object, position(start.getStartMark()));
    enter(start);
    List<JsonNode> merged = new ArrayList<>();
    for (Event key = parser.getEvent(); !key.is(Event.ID.MappingEnd); key = parser.getEvent()) {
      Position namePosition = position(key.getStartMark());
      boolean merges = isMerge(key);
      String name = merges ? "<<" : name(node(key), namePosition);
      Event valueStart = parser.getEvent();
      Position valuePosition = position(valueStart.getStartMark());
      JsonNode value = node(valueStart);
      if (merges) {
        merge(value, valuePosition, merged);
      } else if (object.has(name)) {
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
    depth--;
    for (JsonNode source : merged) {
      for (Map.Entry<String, JsonNode> field : source.properties()) {
        if (!object.has(field.getKey())) {
          object.set(field.getKey(), field.getValue());
          Position name = positions.name(source, field.getKey());
          Position value = positions.value(source, field.getKey());
          if (name != null && value != null) {
            positions.field(object, field.getKey(), name, value);
          }
        }
      }
    }
    return object;
  }

  private void enter(NodeEvent start) {
    if (++depth > DEPTH) {
      Mark mark = start.getStartMark();
      throw new YAMLException(
          "line " + (mark.getLine() + 1) + " is nested more than " + DEPTH + " levels deep");
    }
  }

  private static boolean isMerge(Event key) {
    return key instanceof ScalarEvent scalar
        && scalar.getValue().equals("<<")
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && (scalar.getTag() == null || scalar.getTag().equals(TAGS + "merge"));
  }

  private void merge(JsonNode value, Position position, List<JsonNode> merged) {
    Iterable<JsonNode> sources = value.isArray() ? value : List.of(value);
    for (JsonNode source : sources) {
      if (source.isObject()) {
        merged.add(source);
      } else {
        problem(position, "<< takes an object or a list of objects", null);
      }
    }
  }

  /** Field names are texts: Kubernetes' reader turns whole numbers and booleans into them. */
  private String name(JsonNode key, Position position) {
    if (key.isContainerNode() || key.isNull() || key.isDouble()) {
      problem(position, "a field's name is a text", "put it in quotes");
      return "";
    }
    return key.asText();
  }

  private void problem(Position position, String message, @Nullable String suggestion) {
    problems.add(
        new Problem(
            source,
            position.line(),
            position.column(),
            FieldPath.ROOT.toString(),
            message,
            suggestion));
  }

  private static Position position(Mark mark) {
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
