package io.towtank.scheduler.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a part of a configuration, with the place to name in errors. */
public final class Arguments {
  private static final ImmutableSet<String> TYPE_FIELDS = ImmutableSet.of("apiVersion", "kind");

  private final String place;
  private final @Nullable JsonNode node;

  private Arguments(String place, @Nullable JsonNode node) {
    this.place = place;
    this.node = node == null || node.isNull() || node.isMissingNode() ? null : node;
    if (this.node != null && !this.node.isObject()) {
      throw new ConfigurationException(place + ": expected an object, found " + this.node);
    }
  }

  /** The fields of an object; none where it is null. */
  public static Arguments of(String place, @Nullable JsonNode node) {
    return new Arguments(place, node);
  }

  /** Whether nothing is given. */
  public boolean isEmpty() {
    return node == null || node.isEmpty();
  }

  /** Refuses fields other than these, and other than apiVersion and kind. */
  public Arguments allow(String... fields) {
    if (node != null) {
      List<String> known = List.of(fields);
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!known.contains(name) && !TYPE_FIELDS.contains(name)) {
          throw new ConfigurationException(
              place
                  + ": unknown field \""
                  + name
                  + "\"; "
                  + (fields.length == 0
                      ? "none is known here"
                      : "known are " + String.join(", ", ImmutableSortedSet.copyOf(fields))));
        }
      }
    }
    return this;
  }

  /** An object within. */
  public Arguments object(String field) {
    return new Arguments(place + "." + field, get(field));
  }

  /** The objects of an array within; empty where it is absent. */
  public ImmutableList<Arguments> objects(String field) {
    JsonNode array = array(field);
    ImmutableList.Builder<Arguments> objects = ImmutableList.builder();
    for (int i = 0; array != null && i < array.size(); i++) {
      objects.add(new Arguments(place + "." + field + "[" + i + "]", array.get(i)));
    }
    return objects.build();
  }

  /** The texts of an array within; empty where it is absent. */
  public ImmutableList<String> texts(String field) {
    JsonNode array = array(field);
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    for (int i = 0; array != null && i < array.size(); i++) {
      texts.add(array.get(i).asText());
    }
    return texts.build();
  }

  private @Nullable JsonNode array(String field) {
    JsonNode array = get(field);
    if (array != null && !array.isArray()) {
      throw new ConfigurationException(place + "." + field + ": expected a list, found " + array);
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
    return value == null ? otherwise : value.asText();
  }

  /** A text that has to be there. */
  public String text(String field) {
    JsonNode value = get(field);
    if (value == null) {
      throw new ConfigurationException(place + ": \"" + field + "\" is missing");
    }
    return value.asText();
  }

  /** A whole number. */
  public long number(String field, long otherwise, long min, long max) {
    JsonNode value = get(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || value.asLong() < min || value.asLong() > max) {
      throw new ConfigurationException(
          place
              + "."
              + field
              + ": expected a number from "
              + min
              + " to "
              + max
              + ", found "
              + value);
    }
    return value.asLong();
  }

  /** A truth value. */
  public boolean bool(String field, boolean otherwise) {
    JsonNode value = get(field);
    return value == null ? otherwise : value.asBoolean();
  }

  /** The place, for errors. */
  public String place() {
    return place;
  }
}
