package io.towtank.schema;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Kinds and types of an API. Its text is in the form that {@code tools/schema-generator/README.md}
 * describes; a type is parsed when it is first asked for, by any thread.
 */
public final class Schema {
  private static final Splitter WORDS = Splitter.on(' ');
  private static final Splitter COMMAS = Splitter.on(',');

  private final String text;
  private final ImmutableList<ApiResource> resources;
  private final ImmutableMap<String, ApiResource> byKind;
  private final Map<String, Integer> offsets = new HashMap<>();
  private final Map<String, ObjectType> types = new ConcurrentHashMap<>();

  /** The built-in schema is read when it is first needed, which a run may never do. */
  private static final class BuiltIn {
    private static final Schema SCHEMA = new Schema(read());

    private static String read() {
      try (InputStream in = Schema.class.getResourceAsStream("kubernetes.txt")) {
        if (in == null) {
          throw new IllegalStateException("kubernetes.txt is missing from the class path");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A schema from its text. */
  Schema(String text) {
    this.text = text;
    ImmutableList.Builder<ApiResource> resources = ImmutableList.builder();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      char first = text.charAt(at);
      if (first == '+') {
        resources.add(resource(text.substring(at + 1, end)));
      } else if (first == '=') {
        // Nothing but fields up to the next type: jump there.
        int space = text.indexOf(' ', at);
        int nameEnd = space >= 0 && space < end ? space : end;
        offsets.put(text.substring(at + 1, nameEnd), nameEnd);
        int next = text.indexOf("\n=", end - 1);
        end = next < 0 ? text.length() : next;
      }
      at = end + 1;
    }
    this.resources = resources.build();
    ImmutableMap.Builder<String, ApiResource> byKind = ImmutableMap.builder();
    for (ApiResource resource : this.resources) {
      byKind.put(resource.apiVersion() + " " + resource.kind(), resource);
    }
    this.byKind = byKind.buildOrThrow();
  }

  /** The kinds that a Kubernetes cluster has without further installations. */
  public static Schema builtIn() {
    return BuiltIn.SCHEMA;
  }

  /** All kinds in all versions, by group, version and name. */
  public ImmutableList<ApiResource> resources() {
    return resources;
  }

  /** A kind in a version, null where it is not known. */
  public @Nullable ApiResource resource(String apiVersion, String kind) {
    return byKind.get(apiVersion + " " + kind);
  }

  /** The most stable and newest version of a kind, null where it is not known in any. */
  public @Nullable ApiResource preferred(String group, String kind) {
    ApiResource best = null;
    for (ApiResource resource : resources) {
      if (resource.group().equals(group)
          && resource.kind().equals(kind)
          && (best == null || ApiVersions.compare(resource.version(), best.version()) > 0)) {
        best = resource;
      }
    }
    return best;
  }

  /**
   * The preferred version of a kind under a name that kubectl takes: plural, singular or short,
   * with or without group, in any case; null where there is none. Of several groups the core group
   * wins, then the first by name.
   */
  public @Nullable ApiResource byName(String name) {
    String wanted = Ascii.toLowerCase(name);
    int dot = wanted.indexOf('.');
    String resourceName = dot < 0 ? wanted : wanted.substring(0, dot);
    ApiResource found = null;
    for (ApiResource resource : resources) {
      if ((resource.plural().equals(resourceName)
              || Ascii.equalsIgnoreCase(resource.kind(), resourceName)
              || resource.shortNames().contains(resourceName))
          && (dot < 0 || resource.group().equals(wanted.substring(dot + 1)))
          && (found == null || (resource.group().isEmpty() && !found.group().isEmpty()))) {
        found = resource;
      }
    }
    return found == null ? null : preferred(found.group(), found.kind());
  }

  /** The type of a kind's objects, null where the kind is not known. */
  public @Nullable ObjectType typeOf(String apiVersion, String kind) {
    ApiResource resource = resource(apiVersion, kind);
    return resource == null ? null : type(resource.type());
  }

  /**
   * The type that a field's value has, or the elements of its list, or the values of its map; null
   * where these are no objects with known fields.
   */
  public @Nullable ObjectType type(FieldSchema field) {
    return field.type().innermost() instanceof ValueType.ObjectOf object
        ? type(object.type())
        : null;
  }

  /**
   * A type by name, as in {@code core/v1.Container}.
   *
   * @throws IllegalArgumentException where there is none
   */
  public ObjectType type(String name) {
    ObjectType known = types.get(name);
    if (known != null) {
      return known;
    }
    Integer offset = offsets.get(name);
    if (offset == null) {
      throw new IllegalArgumentException("no type " + name);
    }
    int lineEnd = text.indexOf('\n', offset);
    boolean atomic = text.startsWith(" atomic", offset);
    int end = text.indexOf("\n=", offset);
    ImmutableSortedMap.Builder<String, FieldSchema> fields = ImmutableSortedMap.naturalOrder();
    for (int at = lineEnd + 1; at < (end < 0 ? text.length() : end); at = lineEnd + 1) {
      lineEnd = text.indexOf('\n', at);
      FieldSchema field = field(text.substring(at, lineEnd));
      fields.put(field.name(), field);
    }
    ObjectType type = new ObjectType(name, atomic, fields.buildOrThrow());
    types.put(name, type);
    return type;
  }

  private static ApiResource resource(String line) {
    List<String> words = WORDS.splitToList(line);
    String apiVersion = words.get(0);
    int slash = apiVersion.indexOf('/');
    boolean namespaced = false;
    boolean hasStatus = false;
    boolean hasScale = false;
    ImmutableList<String> shortNames = ImmutableList.of();
    ImmutableList<String> categories = ImmutableList.of();
    for (String word : words.subList(4, words.size())) {
      if (word.equals("namespaced")) {
        namespaced = true;
      } else if (word.equals("status")) {
        hasStatus = true;
      } else if (word.equals("scale")) {
        hasScale = true;
      } else if (word.startsWith("short=")) {
        shortNames = ImmutableList.copyOf(COMMAS.split(word.substring("short=".length())));
      } else if (word.startsWith("categories=")) {
        categories = ImmutableList.copyOf(COMMAS.split(word.substring("categories=".length())));
      } else {
        throw new IllegalStateException("unknown word " + word + " in: " + line);
      }
    }
    return new ApiResource(
        slash < 0 ? "" : apiVersion.substring(0, slash),
        apiVersion.substring(slash + 1),
        words.get(1),
        words.get(2),
        words.get(3),
        namespaced,
        hasStatus,
        hasScale,
        shortNames,
        categories);
  }

  private static FieldSchema field(String line) {
    List<String> words = WORDS.splitToList(line);
    String name = words.get(0);
    boolean required = name.endsWith("!");
    ListType listType = null;
    ImmutableList<String> keys = ImmutableList.of();
    String mergeKey = null;
    ImmutableSet<String> strategies = ImmutableSet.of();
    ImmutableSet<String> allowed = ImmutableSet.of();
    for (String word : words.subList(2, words.size())) {
      int equals = word.indexOf('=');
      String content = word.substring(equals + 1);
      switch (equals < 0 ? word : word.substring(0, equals)) {
        case "atomic" -> listType = ListType.ATOMIC;
        case "set" -> listType = ListType.SET;
        case "map" -> listType = ListType.MAP;
        case "keys" -> keys = ImmutableList.copyOf(COMMAS.split(content));
        case "mergeKey" -> mergeKey = content;
        case "patch" -> strategies = ImmutableSet.copyOf(COMMAS.split(content));
        case "enum" -> allowed = ImmutableSet.copyOf(COMMAS.split(content));
        default -> throw new IllegalStateException("unknown word " + word + " in: " + line);
      }
    }
    return new FieldSchema(
        required ? name.substring(0, name.length() - 1) : name,
        valueType(words.get(1)),
        required,
        listType,
        keys,
        mergeKey,
        strategies,
        allowed);
  }

  private static ValueType valueType(String text) {
    String inside = text.substring(1, Math.max(1, text.length() - 1));
    return switch (text.charAt(0)) {
      case '[' -> new ValueType.ListOf(valueType(inside));
      case '{' -> new ValueType.MapOf(valueType(inside));
      case '@' -> new ValueType.ObjectOf(text.substring(1));
      default ->
          switch (text) {
            case "string" -> ValueType.Scalar.STRING;
            case "bytes" -> ValueType.Scalar.BYTES;
            case "int32" -> ValueType.Scalar.INT32;
            case "int64" -> ValueType.Scalar.INT64;
            case "number" -> ValueType.Scalar.NUMBER;
            case "boolean" -> ValueType.Scalar.BOOLEAN;
            case "quantity" -> ValueType.Scalar.QUANTITY;
            case "intOrString" -> ValueType.Scalar.INT_OR_STRING;
            case "time" -> ValueType.Scalar.TIME;
            case "microTime" -> ValueType.Scalar.MICRO_TIME;
            case "any" -> ValueType.Scalar.ANY;
            default -> throw new IllegalStateException("unknown type " + text);
          };
    };
  }
}
