package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of merged lists: that of the patch for what it names, that of the original for the
 * rest, and the two interleaved as the original has them (normalizeElementOrder).
 *
 * @param mergeKey what tells elements apart, empty for values without parts
 * @param objects whether the elements are objects
 */
record ListOrder(String mergeKey, boolean objects) {
  /**
   * Orders the elements of a list.
   *
   * @param named the elements that the patch names, in its order
   * @param original the original list
   */
  List<JsonNode> ordered(List<JsonNode> merged, List<JsonNode> named, List<JsonNode> original) {
    List<JsonNode> ofPatch = new ArrayList<>();
    List<JsonNode> ofOriginal = new ArrayList<>();
    for (JsonNode element : merged) {
      boolean isNamed =
          mergeKey.isEmpty()
              ? Scalars.contains(named, element)
              : indexByKey(named, StrategicMergePatch.mergeValue(element, mergeKey)) >= 0;
      (isNamed ? ofPatch : ofOriginal).add(element);
    }
    return interleaved(sorted(ofOriginal, original), sorted(ofPatch, named), original);
  }

  private List<JsonNode> sorted(List<JsonNode> elements, List<JsonNode> order) {
    List<JsonNode> deleted = new ArrayList<>();
    List<JsonNode> sorted = new ArrayList<>();
    if (objects) {
      order.forEach(element -> StrategicMergePatch.mergeValue(element, mergeKey));
    }
    for (JsonNode element : elements) {
      if (objects && isDeletion(element)) {
        deleted.add(element);
        continue;
      }
      // As the insertion sort upstream, since what is not in the order counts as less than all.
      int at = sorted.size();
      while (at > 0 && isBefore(element, sorted.get(at - 1), order)) {
        at--;
      }
      sorted.add(at, element);
    }
    sorted.addAll(deleted);
    return sorted;
  }

  private static boolean isDeletion(JsonNode element) {
    JsonNode directive = element.path(StrategicMergePatch.DIRECTIVE);
    return directive.isTextual() && directive.textValue().equals(StrategicMergePatch.DELETE);
  }

  private boolean isBefore(JsonNode a, JsonNode b, List<JsonNode> order) {
    int indexA = index(order, a);
    int indexB = index(order, b);
    return indexA < 0 || indexB < 0 || indexA < indexB;
  }

  /** Elements of the left are put in front of those of the right that they precede in the order. */
  private List<JsonNode> interleaved(
      List<JsonNode> left, List<JsonNode> right, List<JsonNode> order) {
    List<JsonNode> all = new ArrayList<>(left.size() + right.size());
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      int indexLeft = index(order, left.get(i));
      int indexRight = index(order, right.get(j));
      if (indexLeft >= 0 && indexRight >= 0 && indexLeft < indexRight) {
        all.add(left.get(i++));
      } else {
        all.add(right.get(j++));
      }
    }
    all.addAll(left.subList(i, left.size()));
    all.addAll(right.subList(j, right.size()));
    return all;
  }

  private int index(List<JsonNode> elements, JsonNode element) {
    if (objects) {
      return indexByKey(elements, StrategicMergePatch.mergeValue(element, mergeKey));
    }
    for (int i = 0; i < elements.size(); i++) {
      if (Scalars.same(elements.get(i), element)) {
        return i;
      }
    }
    return -1;
  }

  private int indexByKey(List<JsonNode> elements, JsonNode value) {
    for (int i = 0; i < elements.size(); i++) {
      JsonNode own = elements.get(i).get(mergeKey);
      if (own != null && Scalars.same(own, value)) {
        return i;
      }
    }
    return -1;
  }
}
