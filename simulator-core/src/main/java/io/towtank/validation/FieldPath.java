package io.towtank.validation;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document, as in {@code spec.containers[0].image} or {@code metadata.labels[app]}
 * (apimachinery: field.Path).
 *
 * @param parent the place around it, null for the document itself
 * @param step how to get here from there
 * @param name the field's name or the map's key, empty for an item
 * @param index the place in a list, -1 for a field or key
 */
public record FieldPath(@Nullable FieldPath parent, Step step, String name, int index) {
  /** A way from a place to one in it. */
  public enum Step {
    /** To a field of an object. */
    FIELD,
    /** To a value of a map. */
    KEY,
    /** To an item of a list. */
    ITEM
  }

  /** The document itself. */
  public static final FieldPath ROOT = new FieldPath(null, Step.FIELD, "", -1);

  /** A field of the object here. */
  public FieldPath field(String name) {
    return new FieldPath(this, Step.FIELD, name, -1);
  }

  /** A field of an object in the object here, and so on. */
  public FieldPath fields(String... names) {
    FieldPath path = this;
    for (String name : names) {
      path = path.field(name);
    }
    return path;
  }

  /** A value of the map here. */
  public FieldPath key(String key) {
    return new FieldPath(this, Step.KEY, key, -1);
  }

  /** An item of the list here. */
  public FieldPath item(int index) {
    return new FieldPath(this, Step.ITEM, "", index);
  }

  /** The places from the document to here, without the document itself. */
  public Deque<FieldPath> steps() {
    Deque<FieldPath> steps = new ArrayDeque<>();
    for (FieldPath place = this; place.parent != null; place = place.parent) {
      steps.push(place);
    }
    return steps;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (FieldPath place : steps()) {
      switch (place.step) {
        case FIELD -> text.append(text.isEmpty() ? "" : ".").append(place.name);
        case KEY -> text.append('[').append(place.name).append(']');
        case ITEM -> text.append('[').append(place.index).append(']');
      }
    }
    return text.toString();
  }
}
