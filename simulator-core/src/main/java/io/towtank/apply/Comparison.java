package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where two documents differ (typed.Compare).
 *
 * @param removed what only the first has, with all that is below
 * @param modified leaves that both have with different values
 * @param added what only the second has, with all that is below
 */
record Comparison(FieldSet removed, FieldSet modified, FieldSet added) {
  /** Compares two documents of a type. */
  static Comparison of(JsonNode before, JsonNode after, MergeType type) {
    Walk walk = new Walk(new FieldSet.Builder(), new FieldSet.Builder(), new FieldSet.Builder());
    walk.compareBelow(before, after, type);
    return new Comparison(walk.removed.build(), walk.modified.build(), walk.added.build());
  }

  /** Without some fields and all that is below them. */
  Comparison without(FieldSet fields) {
    return new Comparison(
        removed.recursiveDifference(fields),
        modified.recursiveDifference(fields),
        added.recursiveDifference(fields));
  }

  /** A place in both documents, and where its differences are collected. */
  private record Walk(FieldSet.Builder removed, FieldSet.Builder modified, FieldSet.Builder added) {
    private Walk below(PathElement element) {
      return new Walk(removed.below(element), modified.below(element), added.below(element));
    }

    /** Compares a part, of which at least one side has a value. */
    private void compare(
        PathElement element, @Nullable JsonNode before, @Nullable JsonNode after, MergeType type) {
      boolean leaf = isLeaf(before, after, type);
      if (!leaf) {
        below(element).compareBelow(before, after, type);
      }
      if (before != null && after != null && type.atom(before) != type.atom(after)) {
        // Of a type that takes any shape: what was below is gone.
        below(element).compareBelow(before, null, type);
        modified.add(element);
      }
      if (before == null) {
        added.add(element);
      } else if (after == null) {
        removed.add(element);
      } else if (leaf && !Values.same(before, after)) {
        modified.add(element);
      }
    }

    private static boolean isLeaf(
        @Nullable JsonNode before, @Nullable JsonNode after, MergeType type) {
      return switch (type.atom(after != null ? after : before)) {
        case SCALAR, ATOMIC_LIST, ATOMIC_MAP -> true;
        case LIST -> !has(before, true) && !has(after, true);
        case MAP -> !has(before, false) && !has(after, false);
      };
    }

    private static boolean has(@Nullable JsonNode value, boolean list) {
      return value != null && (list ? value.isArray() : value.isObject()) && !value.isEmpty();
    }

    private void compareBelow(@Nullable JsonNode before, @Nullable JsonNode after, MergeType type) {
      switch (type.atom(after != null ? after : before)) {
        case SCALAR, ATOMIC_LIST, ATOMIC_MAP -> {}
        case LIST -> compareElements(before, after, type);
        case MAP -> compareEntries(before, after, type);
      }
    }

    private void compareEntries(
        @Nullable JsonNode before, @Nullable JsonNode after, MergeType type) {
      TreeSet<String> names = new TreeSet<>();
      for (JsonNode side : sides(before, after)) {
        side.properties().stream().map(Map.Entry::getKey).forEach(names::add);
      }
      for (String name : names) {
        compare(
            new PathElement.Field(name),
            before == null ? null : before.get(name),
            after == null ? null : after.get(name),
            type.ofEntry(name));
      }
    }

    private void compareElements(
        @Nullable JsonNode before, @Nullable JsonNode after, MergeType type) {
      TreeMap<PathElement, List<JsonNode>> beforeElements = byElement(before, type);
      TreeMap<PathElement, List<JsonNode>> afterElements = byElement(after, type);
      TreeSet<PathElement> all = new TreeSet<>(beforeElements.keySet());
      all.addAll(afterElements.keySet());
      for (PathElement element : all) {
        List<JsonNode> old = beforeElements.getOrDefault(element, ImmutableList.of());
        List<JsonNode> current = afterElements.getOrDefault(element, ImmutableList.of());
        if (old.size() <= 1 && current.size() <= 1) {
          compare(
              element,
              Iterables.getFirst(old, null),
              Iterables.getFirst(current, null),
              type.ofElements());
        } else {
          compareRepeated(element, old, current, type);
        }
      }
    }

    /** Elements that are there several times are compared as a whole. */
    private void compareRepeated(
        PathElement element, List<JsonNode> old, List<JsonNode> current, MergeType type) {
      if (old.size() > 1 && current.size() > 1) {
        boolean same = old.size() == current.size();
        for (int i = 0; i < old.size() && same; i++) {
          same = Values.same(old.get(i), current.get(i));
        }
        if (!same) {
          modified.add(element);
        }
      } else if (old.size() > 1) {
        if (!current.isEmpty()) {
          compare(element, null, current.getFirst(), type.ofElements());
        }
        removed.add(element);
      } else {
        if (!old.isEmpty()) {
          compare(element, old.getFirst(), null, type.ofElements());
        }
        added.add(element);
      }
    }

    private static TreeMap<PathElement, List<JsonNode>> byElement(
        @Nullable JsonNode list, MergeType type) {
      TreeMap<PathElement, List<JsonNode>> byElement = new TreeMap<>();
      if (list != null && list.isArray()) {
        for (JsonNode child : list) {
          byElement.computeIfAbsent(type.elementOf(child), e -> new ArrayList<>()).add(child);
        }
      }
      return byElement;
    }

    private static List<JsonNode> sides(@Nullable JsonNode before, @Nullable JsonNode after) {
      List<JsonNode> sides = new ArrayList<>();
      if (before != null && before.isObject()) {
        sides.add(before);
      }
      if (after != null && after.isObject()) {
        sides.add(after);
      }
      return sides;
    }
  }
}
