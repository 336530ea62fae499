package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a node offers and how it is doing.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeStatus(
    ImmutableMap<String, Quantity> capacity,
    ImmutableMap<String, Quantity> allocatable,
    @Nullable String phase,
    ImmutableList<NodeCondition> conditions,
    ImmutableList<NodeAddress> addresses,
    ImmutableList<ContainerImage> images,
    Fields rest) {
  public NodeStatus {
    capacity = capacity == null ? ImmutableMap.of() : capacity;
    allocatable = allocatable == null ? ImmutableMap.of() : allocatable;
    conditions = conditions == null ? ImmutableList.of() : conditions;
    addresses = addresses == null ? ImmutableList.of() : addresses;
    images = images == null ? ImmutableList.of() : images;
    rest = rest == null ? Fields.NONE : rest;
  }

  /** The condition of a type, null where there is none. */
  public @Nullable NodeCondition condition(String type) {
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).type().equals(type)) {
        return conditions.get(i);
      }
    }
    return null;
  }
}
