package io.towtank.scheduler.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.Durations;
import io.towtank.api.NameRules;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FieldPath;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fields of a part of a configuration, with the place to name in errors. */
public final class Arguments {
  private static final ImmutableSet<String> TYPE_FIELDS = ImmutableSet.of("apiVersion", "kind");

  private final FieldPath path;
  private final @Nullable JsonNode node;

  private Arguments(FieldPath path, @Nullable JsonNode node) {
    this.path = path;
    this.node = node == null || node.isNull() || node.isMissingNode() ? null : node;
    if (this.node != null && !this.node.isObject()) {
      throw new ConfigurationException(path, "expected an object, found " + this.node, null, true);
    }
  }

  /** The fields of an object; none where it is null. */
  public static Arguments of(FieldPath path, @Nullable JsonNode node) {
    return new Arguments(path, node);
  }

  /** Whether nothing is given. */
  public boolean isEmpty() {
    return node == null || node.isEmpty();
  }

  /** Whether it is not there, which is less than to be empty. */
  public boolean isAbsent() {
    return node == null;
  }

  /** Refuses fields other than these, and other than apiVersion and kind. */
  public Arguments allow(String... fields) {
    if (node != null) {
      ImmutableSortedSet<String> known = ImmutableSortedSet.copyOf(fields);
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!known.contains(name) && !TYPE_FIELDS.contains(name)) {
          throw new ConfigurationException(
              path.field(name),
              "unknown field \"" + name + "\"",
              known.isEmpty() ? "no field is known here" : advice(name, known),
              false);
        }
      }
    }
    return this;
  }

  /** What a user may have meant, and what there is. */
  static String advice(String word, Collection<String> known) {
    String closest = DidYouMean.closest(word, known);
    return (closest == null ? "" : "did you mean \"" + closest + "\"? ")
        + "known: "
        + String.join(", ", known);
  }

  /** An object within. */
  public Arguments object(String field) {
    return new Arguments(path.field(field), get(field));
  }

  /** The objects of an array within; empty where it is absent. */
  public ImmutableList<Arguments> objects(String field) {
    JsonNode array = array(field);
    ImmutableList.Builder<Arguments> objects = ImmutableList.builder();
    for (int i = 0; array != null && i < array.size(); i++) {
      objects.add(new Arguments(path.field(field).item(i), array.get(i)));
    }
    return objects.build();
  }

  /** The texts of an array within; empty where it is absent. */
  public ImmutableList<String> texts(String field) {
    JsonNode array = array(field);
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    for (int i = 0; array != null && i < array.size(); i++) {
      texts.add(text(path.field(field).item(i), array.get(i)));
    }
    return texts.build();
  }

  private @Nullable JsonNode array(String field) {
    JsonNode array = get(field);
    if (array != null && !array.isArray()) {
      throw wrong(field, "expected a list, found " + array, null);
    }
    return array;
  }

  /** A field as it is, null where it is absent. */
  public @Nullable JsonNode get(String field) {
    JsonNode value = node == null ? null : node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  /** A text. */
  public String text(String field, String otherwise) {
    JsonNode value = get(field);
    return value == null ? otherwise : text(path.field(field), value);
  }

  private static String text(FieldPath path, JsonNode value) {
    if (!value.isTextual()) {
      throw new ConfigurationException(path, "expected a text, found " + value, null, true);
    }
    return value.textValue();
  }

  /** A text that has to be there. */
  public String text(String field) {
    JsonNode value = get(field);
    if (value == null) {
      throw new ConfigurationException(path, "\"" + field + "\" is missing", null, false);
    }
    return text(path.field(field), value);
  }

  /** A text that is one of a few words. */
  public String word(String field, String otherwise, String... words) {
    String word = text(field, otherwise);
    ImmutableList<String> known = ImmutableList.copyOf(words);
    if (!known.contains(word)) {
      throw wrong(field, "\"" + word + "\" is not known here", advice(word, known));
    }
    return word;
  }

  /** A whole number. */
  public long number(String field, long otherwise, long min, long max) {
    JsonNode value = get(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || value.asLong() < min || value.asLong() > max) {
      throw wrong(
          field, "expected a whole number from " + min + " to " + max + ", found " + value, null);
    }
    return value.asLong();
  }

  /** Nanoseconds, of a text as in {@code 1m30s}. */
  public long duration(String field, long otherwise) {
    JsonNode value = get(field);
    if (value == null) {
      return otherwise;
    }
    try {
      return Durations.parse(text(path.field(field), value));
    } catch (ConfigurationException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw wrong(field, String.valueOf(e.getMessage()), null);
    }
  }

  /** The texts of an array within, each a name as of labels and resources. */
  public ImmutableList<String> names(String field) {
    ImmutableList<String> names = texts(field);
    for (int i = 0; i < names.size(); i++) {
      checkName(path.field(field).item(i), names.get(i));
    }
    return names;
  }

  /** Refuses a text that is no name as of labels and resources (validation.IsQualifiedName). */
  static void checkName(FieldPath path, String name) {
    ImmutableList<String> errors = NameRules.labelKey(name);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(
          path, "\"" + name + "\" is no name here: " + errors.getFirst(), null, true);
    }
  }

  /** Whether the same is given in both. */
  public boolean saysTheSameAs(Arguments other) {
    return isEmpty() ? other.isEmpty() : Objects.equals(node, other.node);
  }

  /** A truth value. */
  public boolean bool(String field, boolean otherwise) {
    JsonNode value = get(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(field, "expected true or false, found " + value, null);
    }
    return value.booleanValue();
  }

  /** The fields as they are, to be changed. */
  ObjectNode copy() {
    return node == null ? JsonNodeFactory.instance.objectNode() : node.deepCopy();
  }

  /** What is to be thrown where a field's value is wrong. */
  public ConfigurationException wrong(String field, String problem, @Nullable String suggestion) {
    return new ConfigurationException(path.field(field), problem, suggestion, true);
  }

  /** Refuses a field, for a reason, where it is there. */
  public Arguments refuse(String field, String reason) {
    if (get(field) != null) {
      throw new ConfigurationException(path.field(field), reason, null, false);
    }
    return this;
  }

  /** The place in the configuration. */
  public FieldPath path() {
    return path;
  }
}
