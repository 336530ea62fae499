package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** JSON values as structured-merge-diff compares them: numbers by amount, whatever their type. */
final class Values {
  private Values() {}

  static boolean same(JsonNode a, JsonNode b) {
    return compare(a, b) == 0;
  }

  /** Numbers come first, then texts, booleans, lists, objects and null. */
  static int compare(JsonNode a, JsonNode b) {
    int rank = Integer.compare(rank(a), rank(b));
    if (rank != 0) {
      return rank;
    }
    if (a.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue());
    }
    if (a.isBoolean()) {
      return Boolean.compare(a.booleanValue(), b.booleanValue());
    }
    if (a.isArray()) {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        int element = compare(a.get(i), b.get(i));
        if (element != 0) {
          return element;
        }
      }
      return Integer.compare(a.size(), b.size());
    }
    if (a.isObject()) {
      return compareObjects(a, b);
    }
    return a.isNull() ? 0 : a.asText().compareTo(b.asText());
  }

  private static int compareObjects(JsonNode a, JsonNode b) {
    Iterator<String> namesA = names(a).iterator();
    Iterator<String> namesB = names(b).iterator();
    while (namesA.hasNext() && namesB.hasNext()) {
      String nameA = namesA.next();
      String nameB = namesB.next();
      int name = nameA.compareTo(nameB);
      if (name != 0) {
        return name;
      }
      int value = compare(a.get(nameA), b.get(nameB));
      if (value != 0) {
        return value;
      }
    }
    return Boolean.compare(namesA.hasNext(), namesB.hasNext());
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      names.add(field.getKey());
    }
    return names;
  }

  private static int rank(JsonNode node) {
    return switch (node.getNodeType()) {
      case NUMBER -> 0;
      case STRING, BINARY -> 1;
      case BOOLEAN -> 2;
      case ARRAY -> 3;
      case OBJECT -> 4;
      case NULL, MISSING, POJO -> 5;
    };
  }
}
