package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.schema.ApiResource;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;
import io.towtank.schema.ValueType.Scalar;
import java.util.SplittableRandom;

/** Makes random documents of built-in kinds: right in shape, without meaning. */
public final class RandomDocuments {
  private static final ImmutableList<String> QUANTITIES =
      ImmutableList.of("1", "500m", "2Gi", "1536Mi", "100k", "3", "250m", "1Ti", "0");

  /** Deeper objects have required fields only. */
  private static final int DEPTH = 9;

  private final JsonNodeFactory nodes = JsonNodeFactory.instance;
  private final Schema schema = Schema.builtIn();
  private final SplittableRandom random;

  /** How likely an optional field is there. */
  private final double density;

  /** Documents of a seed. */
  public RandomDocuments(SplittableRandom random) {
    this.random = random;
    this.density = random.nextDouble() * random.nextDouble();
  }

  /** A document of a kind. */
  public ObjectNode document(ApiResource resource) {
    ObjectNode document = object(schema.type(resource.type()), 0);
    document.put("apiVersion", resource.apiVersion());
    document.put("kind", resource.kind());
    return document;
  }

  private ObjectNode object(ObjectType type, int depth) {
    ObjectNode object = nodes.objectNode();
    for (FieldSchema field : type.fields().values()) {
      boolean wanted = depth < 2 || random.nextDouble() < density;
      if (field.required() || (depth < DEPTH && wanted)) {
        object.set(field.name(), value(field, field.type(), depth + 1));
      }
    }
    return object;
  }

  private JsonNode value(FieldSchema field, ValueType type, int depth) {
    return switch (type) {
      case ValueType.ListOf list -> {
        ArrayNode array = nodes.arrayNode();
        for (int i = random.nextInt(3); i >= 0; i--) {
          array.add(value(field, list.element(), depth));
        }
        yield array;
      }
      case ValueType.MapOf map -> {
        ObjectNode object = nodes.objectNode();
        for (int i = random.nextInt(3); i >= 0; i--) {
          object.set(word() + "/" + word(), value(field, map.element(), depth));
        }
        yield object;
      }
      case ValueType.ObjectOf object -> object(schema.type(object.type()), depth);
      case Scalar scalar -> scalar(field, scalar);
    };
  }

  private JsonNode scalar(FieldSchema field, Scalar type) {
    return switch (type) {
      case STRING ->
          nodes.textNode(
              field.name().equals("resourceVersion")
                  ? Long.toString(random.nextLong(1, Long.MAX_VALUE))
                  : field.words().isEmpty()
                      ? field.name().equals("name") ? word() : text()
                      : field.words().asList().get(random.nextInt(field.words().size())));
      case BYTES -> nodes.textNode("aGk=");
      // Zeros that may be left out have tests of their own.
      case INT32 ->
          nodes.numberNode(random.nextInt(1, Integer.MAX_VALUE) >> random.nextInt(31) | 1);
      case INT64 -> {
        long number = random.nextLong(1, Long.MAX_VALUE) >> random.nextInt(63) | 1;
        yield number == (int) number ? nodes.numberNode((int) number) : nodes.numberNode(number);
      }
      case NUMBER -> nodes.numberNode(random.nextInt(1000) + 0.125);
      case BOOLEAN -> nodes.booleanNode(random.nextBoolean());
      case QUANTITY -> nodes.textNode(QUANTITIES.get(random.nextInt(QUANTITIES.size())));
      case INT_OR_STRING ->
          random.nextBoolean()
              ? nodes.numberNode(random.nextInt(100))
              : nodes.textNode(random.nextInt(100) + "%");
      case TIME -> nodes.textNode(time() + "Z");
      case MICRO_TIME -> nodes.textNode(time() + ".%06dZ".formatted(random.nextInt(1_000_000)));
      case ANY -> any(0);
    };
  }

  private JsonNode any(int depth) {
    return switch (random.nextInt(depth < 3 ? 7 : 4)) {
      case 0 -> nodes.textNode(text());
      case 1 -> nodes.numberNode(random.nextInt());
      case 2 -> nodes.booleanNode(random.nextBoolean());
      case 3 -> nodes.numberNode(random.nextInt(100) + 0.25);
      case 4 -> nodes.arrayNode().add(any(depth + 1)).add(any(depth + 1));
      default -> nodes.objectNode().set(word(), any(depth + 1));
    };
  }

  private String time() {
    return "%04d-%02d-%02dT%02d:%02d:%02d"
        .formatted(
            random.nextInt(1970, 2200),
            random.nextInt(1, 13),
            random.nextInt(1, 29),
            random.nextInt(24),
            random.nextInt(60),
            random.nextInt(60));
  }

  private String text() {
    return switch (random.nextInt(8)) {
      case 0 -> "";
      case 1 -> "0f3b2a1c-0001-4000-8000-%012x".formatted(random.nextInt(1 << 30));
      case 2 -> "line\nbreak \"quoted\" é 漢";
      case 3 -> "yes";
      default -> word();
    };
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
