package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts a configuration into a document (typed.Merge): nothing is removed, and of what both have the
 * configuration wins.
 */
final class Merge {
  private Merge() {}

  /** The merged document, null where nothing is left of two empty ones. */
  static @Nullable JsonNode of(
      @Nullable JsonNode document, @Nullable JsonNode configuration, MergeType type) {
    return switch (type.atom(configuration != null ? configuration : document)) {
      case SCALAR, ATOMIC_LIST, ATOMIC_MAP -> whole(document, configuration);
      case LIST -> list(document, configuration, type);
      case MAP -> map(document, configuration, type);
    };
  }

  private static @Nullable JsonNode whole(
      @Nullable JsonNode document, @Nullable JsonNode configuration) {
    return configuration != null ? configuration : document;
  }

  private static boolean hasParts(@Nullable JsonNode value, boolean list) {
    return value != null && (list ? value.isArray() : value.isObject()) && !value.isEmpty();
  }

  private static @Nullable JsonNode map(
      @Nullable JsonNode document, @Nullable JsonNode configuration, MergeType type) {
    boolean documentHas = hasParts(document, false);
    boolean configurationHas = hasParts(configuration, false);
    if (!documentHas && !configurationHas) {
      // That keeps an empty map apart from none.
      return whole(document, configuration);
    }
    Set<String> names = new LinkedHashSet<>();
    if (documentHas && document != null) {
      document.properties().stream().map(Map.Entry::getKey).forEach(names::add);
    }
    if (configurationHas && configuration != null) {
      configuration.properties().stream().map(Map.Entry::getKey).forEach(names::add);
    }
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      JsonNode value =
          of(
              documentHas && document != null ? document.get(name) : null,
              configurationHas && configuration != null ? configuration.get(name) : null,
              type.ofEntry(name));
      if (value != null) {
        merged.set(name, value);
      }
    }
    return merged.isEmpty() ? null : merged;
  }

  private static @Nullable JsonNode list(
      @Nullable JsonNode document, @Nullable JsonNode configuration, MergeType type) {
    if (!hasParts(document, true) && !hasParts(configuration, true)) {
      return whole(document, configuration);
    }
    List<JsonNode> left = elements(document);
    List<JsonNode> right = elements(configuration);
    List<PathElement> leftOrder = left.stream().map(type::elementOf).toList();
    List<PathElement> rightOrder = right.stream().map(type::elementOf).toList();
    Map<PathElement, JsonNode> leftByElement = new TreeMap<>();
    Set<PathElement> repeated = new TreeSet<>();
    for (int i = 0; i < left.size(); i++) {
      if (leftByElement.put(leftOrder.get(i), left.get(i)) != null) {
        repeated.add(leftOrder.get(i));
      }
    }
    // What is there several times is not merged with: the new one takes its place.
    repeated.forEach(element -> leftByElement.put(element, JsonNodeFactory.instance.nullNode()));
    Map<PathElement, JsonNode> rightByElement = new TreeMap<>();
    for (int i = 0; i < right.size(); i++) {
      rightByElement.put(rightOrder.get(i), right.get(i));
    }
    ArrayNode merged = JsonNodeFactory.instance.arrayNode();
    new Interleaving(leftOrder, rightOrder, leftByElement.keySet(), rightByElement.keySet())
        .forEach((index, element) -> {
          JsonNode value =
              index >= 0
                  ? of(left.get(index), null, type.ofElements())
                  : of(leftByElement.get(element), rightByElement.get(element), type.ofElements());
          if (value != null) {
            merged.add(value);
          }
        });
    return merged.isEmpty() ? null : merged;
  }

  private static List<JsonNode> elements(@Nullable JsonNode list) {
    List<JsonNode> elements = new ArrayList<>();
    if (list != null && list.isArray()) {
      list.forEach(elements::add);
    }
    return elements;
  }

  /**
   * The order of a merged list: that of the configuration for what it names; what only the document
   * has stays behind the shared element that it was behind.
   */
  private static final class Interleaving {
    /** Told the next element: by its position in the document's list, or -1 for a merged one. */
    interface Visitor {
      void visit(int index, PathElement element);
    }

    private final List<PathElement> left;
    private final List<PathElement> right;
    private final Set<PathElement> inLeft;
    private final Set<PathElement> inRight;

    Interleaving(
        List<PathElement> left,
        List<PathElement> right,
        Set<PathElement> inLeft,
        Set<PathElement> inRight) {
      this.left = left;
      this.right = right;
      this.inLeft = inLeft;
      this.inRight = inRight;
    }

    void forEach(Visitor visitor) {
      Deque<PathElement> shared = new ArrayDeque<>();
      right.stream().filter(inLeft::contains).forEach(shared::add);
      Set<PathElement> done = new TreeSet<>();
      int i = 0;
      int j = 0;
      while (i < left.size() || j < right.size()) {
        if (i < left.size() && j < right.size()) {
          if (left.get(i).compareTo(right.get(j)) == 0) {
            done.add(right.get(j));
            visitor.visit(-1, right.get(j));
            i++;
            j++;
            shared.poll();
            continue;
          }
          PathElement next = shared.peek();
          if (inRight.contains(left.get(i)) && next != null && next.compareTo(left.get(i)) != 0) {
            // Shared, but its turn comes later, or was earlier.
            i++;
            continue;
          }
        }
        if (i < left.size()) {
          if (!inRight.contains(left.get(i))) {
            visitor.visit(i, left.get(i));
            i++;
            continue;
          }
          if (done.contains(left.get(i))) {
            i++;
          }
        }
        if (j < right.size()) {
          PathElement element = right.get(j++);
          done.add(element);
          visitor.visit(-1, element);
          PathElement next = shared.peek();
          if (next != null && next.compareTo(element) == 0) {
            shared.poll();
          }
        }
      }
    }
  }
}
