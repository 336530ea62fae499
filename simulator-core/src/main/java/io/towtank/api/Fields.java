package io.towtank.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a document by name, kept as they came. The nodes are shared and must not be changed.
 *
 * @param byName name to value, in the order of the names
 */
public record Fields(ImmutableSortedMap<String, JsonNode> byName) {
  /** No fields. */
  public static final Fields NONE = new Fields(ImmutableSortedMap.of());

  /** The fields of a map, {@link #NONE} where it is empty. */
  public static Fields of(Map<String, JsonNode> fields) {
    return fields.isEmpty() ? NONE : new Fields(ImmutableSortedMap.copyOf(fields));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return byName.isEmpty();
  }

  /** The value of a field, null where there is none. */
  public @Nullable JsonNode get(String name) {
    return byName.get(name);
  }

  /** These fields with one set, or removed where the value is null. */
  public Fields with(String name, @Nullable JsonNode value) {
    Map<String, JsonNode> changed = new TreeMap<>(byName);
    if (value == null) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return of(changed);
  }
}
