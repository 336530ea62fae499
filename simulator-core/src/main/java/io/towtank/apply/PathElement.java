package io.towtank.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.DecimalInteger;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of a path into a document (fieldpath.PathElement). Fields come before keys, keys before
 * values, values before indexes.
 */
sealed interface PathElement extends Comparable<PathElement> {
  /** A field of an object. */
  record Field(String name) implements PathElement {
    @Override
    public String toString() {
      return "." + name;
    }
  }

  /** The element of a list of objects that has certain values in its key fields. */
  record Key(ImmutableSortedMap<String, JsonNode> fields) implements PathElement {
    @Override
    public String toString() {
      return fields.entrySet().stream()
          .map(field -> field.getKey() + "=" + field.getValue())
          .collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** The element of a set that has a certain value. */
  record Value(JsonNode value) implements PathElement {
    @Override
    public String toString() {
      return "[=" + value + "]";
    }
  }

  /** The element of a list at a position. */
  record Index(long index) implements PathElement {
    @Override
    public String toString() {
      return "[" + index + "]";
    }
  }

  @Override
  default int compareTo(PathElement other) {
    return switch (this) {
      case Field field when other instanceof Field that -> field.name.compareTo(that.name);
      case Key key when other instanceof Key that -> compare(key.fields, that.fields);
      case Value value when other instanceof Value that -> Values.compare(value.value, that.value);
      case Index index when other instanceof Index that -> Long.compare(index.index, that.index);
      default -> Integer.compare(rank(this), rank(other));
    };
  }

  private static int rank(PathElement element) {
    return switch (element) {
      case Field field -> 0;
      case Key key -> 1;
      case Value value -> 2;
      case Index index -> 3;
    };
  }

  private static int compare(
      ImmutableSortedMap<String, JsonNode> a, ImmutableSortedMap<String, JsonNode> b) {
    Iterator<Map.Entry<String, JsonNode>> fieldsA = a.entrySet().iterator();
    Iterator<Map.Entry<String, JsonNode>> fieldsB = b.entrySet().iterator();
    while (fieldsA.hasNext() && fieldsB.hasNext()) {
      Map.Entry<String, JsonNode> fieldA = fieldsA.next();
      Map.Entry<String, JsonNode> fieldB = fieldsB.next();
      int name = fieldA.getKey().compareTo(fieldB.getKey());
      int value = name != 0 ? name : Values.compare(fieldA.getValue(), fieldB.getValue());
      if (value != 0) {
        return value;
      }
    }
    return Boolean.compare(fieldsA.hasNext(), fieldsB.hasNext());
  }

  /** As in managedFields: {@code f:name}, {@code k:{"name":"a"}}, {@code v:"a"}, {@code i:0}. */
  default String serialized() {
    return switch (this) {
      case Field field -> "f:" + field.name;
      case Key key -> {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        key.fields.forEach(fields::set);
        yield "k:" + fields;
      }
      case Value value -> "v:" + value.value;
      case Index index -> "i:" + index.index;
    };
  }

  /**
   * Reads the form that {@link #serialized} writes.
   *
   * @return null where the text is of a type that is not known, as a newer version may have
   * @throws IllegalArgumentException where the text is malformed
   */
  static @Nullable PathElement parse(String text) {
    if (text.length() < 2 || text.charAt(1) != ':') {
      throw new IllegalArgumentException("\"" + text + "\" is no path element, as f:spec");
    }
    String content = text.substring(2);
    return switch (text.charAt(0)) {
      case 'f' -> new Field(content);
      case 'k' -> {
        JsonNode fields = json(text, content);
        if (!fields.isObject()) {
          throw new IllegalArgumentException("the path element \"" + text + "\" has no key fields");
        }
        yield new Key(
            fields.properties().stream()
                .collect(
                    ImmutableSortedMap.toImmutableSortedMap(
                        String::compareTo, Map.Entry::getKey, Map.Entry::getValue)));
      }
      case 'v' -> new Value(json(text, content));
      case 'i' -> {
        OptionalLong index = DecimalInteger.parse(content);
        if (index.isEmpty()) {
          throw new IllegalArgumentException("the path element \"" + text + "\" has no index");
        }
        yield new Index(index.getAsLong());
      }
      default -> null;
    };
  }

  private static JsonNode json(String text, String content) {
    try {
      return Json.MAPPER.readTree(content);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the path element \"" + text + "\" has no valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Holds what reads the values of keys and sets. */
  final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}
  }
}
