package io.towtank.schema;

import com.google.common.collect.ImmutableSortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A type of objects with known fields.
 *
 * @param name as in {@code core/v1.Container}
 * @param atomic whether server-side apply takes its objects as a whole
 * @param fields by name
 */
public record ObjectType(
    String name, boolean atomic, ImmutableSortedMap<String, FieldSchema> fields) {
  /** A field, null where there is none of that name. */
  public @Nullable FieldSchema field(String name) {
    return fields.get(name);
  }
}
