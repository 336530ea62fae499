package io.towtank.validation;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document, as in {@code spec.containers[0].image} (apimachinery: field.Path).
 *
 * @param parent the place around it, null for the document itself
 * @param name the field's name, null in a list
 * @param index the place in a list, -1 for a field
 */
public record FieldPath(@Nullable FieldPath parent, @Nullable String name, int index) {
  /** The document itself. */
  public static final FieldPath ROOT = new FieldPath(null, null, -1);

  /** A field of the object here. */
  public FieldPath field(String name) {
    return new FieldPath(this, name, -1);
  }

  /** A field of an object in the object here, and so on. */
  public FieldPath fields(String... names) {
    FieldPath path = this;
    for (String name : names) {
      path = path.field(name);
    }
    return path;
  }

  /** An item of the list here. */
  public FieldPath item(int index) {
    return new FieldPath(this, null, index);
  }

  /** The steps from the document to here, without the document itself. */
  public Deque<FieldPath> steps() {
    Deque<FieldPath> steps = new ArrayDeque<>();
    for (FieldPath step = this; step.parent != null; step = step.parent) {
      steps.push(step);
    }
    return steps;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (FieldPath step : steps()) {
      String name = step.name;
      if (name == null) {
        text.append('[').append(step.index).append(']');
      } else if (name.indexOf('.') >= 0 || name.indexOf('/') >= 0) {
        // As Kubernetes writes the keys of maps.
        text.append('[').append(name).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(name);
      }
    }
    return text.toString();
  }
}
