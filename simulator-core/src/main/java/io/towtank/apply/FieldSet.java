package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A set of paths into a document (fieldpath.Set). That a path is in the set says nothing about the
 * paths that begin with it, nor the other way round.
 */
final class FieldSet {
  /** No paths. */
  static final FieldSet EMPTY = new FieldSet(new Builder());

  /** The paths of one step. */
  private final Set<PathElement> members;

  /** Of the paths of more steps, what comes after the first one; none is empty. */
  private final Map<PathElement, FieldSet> children;

  private FieldSet(Builder builder) {
    this.members = builder.members;
    this.children = new TreeMap<>();
    builder.children.forEach((element, child) -> {
      FieldSet set = child.build();
      if (!set.isEmpty()) {
        children.put(element, set);
      }
    });
  }

  private FieldSet(Set<PathElement> members, Map<PathElement, FieldSet> children) {
    this.members = members;
    this.children = children;
  }

  /** Collects paths. */
  static final class Builder {
    private final TreeSet<PathElement> members = new TreeSet<>();
    private final SortedMap<PathElement, Builder> children = new TreeMap<>();

    /** Adds the path of one step. */
    void add(PathElement element) {
      members.add(element);
    }

    /** Where paths are added that begin with an element. */
    Builder below(PathElement element) {
      return children.computeIfAbsent(element, e -> new Builder());
    }

    /** Adds the path of these field names. */
    void addFields(String... names) {
      Builder builder = this;
      for (int i = 0; i < names.length - 1; i++) {
        builder = builder.below(new PathElement.Field(names[i]));
      }
      builder.add(new PathElement.Field(names[names.length - 1]));
    }

    FieldSet build() {
      return new FieldSet(this);
    }
  }

  boolean isEmpty() {
    return members.isEmpty() && children.isEmpty();
  }

  /** Whether the path of one step is in the set. */
  boolean has(PathElement element) {
    return members.contains(element);
  }

  /** What comes after an element in the paths that begin with it. */
  FieldSet below(PathElement element) {
    return children.getOrDefault(element, EMPTY);
  }

  /** Whether a path is in the set. */
  boolean has(ImmutableList<PathElement> path) {
    FieldSet set = this;
    for (PathElement element : path.subList(0, path.size() - 1)) {
      set = set.below(element);
    }
    return set.has(path.getLast());
  }

  FieldSet union(FieldSet other) {
    TreeSet<PathElement> allMembers = new TreeSet<>(members);
    allMembers.addAll(other.members);
    TreeMap<PathElement, FieldSet> allChildren = new TreeMap<>(children);
    other.children.forEach((element, child) -> allChildren.merge(element, child, FieldSet::union));
    return new FieldSet(allMembers, allChildren);
  }

  FieldSet intersection(FieldSet other) {
    TreeSet<PathElement> commonMembers = new TreeSet<>(members);
    commonMembers.retainAll(other.members);
    TreeMap<PathElement, FieldSet> commonChildren = new TreeMap<>();
    children.forEach((element, child) ->
        putUnlessEmpty(commonChildren, element, child.intersection(other.below(element))));
    return new FieldSet(commonMembers, commonChildren);
  }

  FieldSet difference(FieldSet other) {
    TreeSet<PathElement> otherMembers = new TreeSet<>(members);
    otherMembers.removeAll(other.members);
    TreeMap<PathElement, FieldSet> otherChildren = new TreeMap<>();
    children.forEach((element, child) ->
        putUnlessEmpty(otherChildren, element, child.difference(other.below(element))));
    return new FieldSet(otherMembers, otherChildren);
  }

  /** The difference, without the paths that begin with one of the other set. */
  FieldSet recursiveDifference(FieldSet other) {
    TreeSet<PathElement> otherMembers = new TreeSet<>(members);
    otherMembers.removeAll(other.members);
    TreeMap<PathElement, FieldSet> otherChildren = new TreeMap<>();
    children.forEach((element, child) -> {
      if (!other.members.contains(element)) {
        putUnlessEmpty(otherChildren, element, child.recursiveDifference(other.below(element)));
      }
    });
    return new FieldSet(otherMembers, otherChildren);
  }

  private static void putUnlessEmpty(
      Map<PathElement, FieldSet> map, PathElement element, FieldSet set) {
    if (!set.isEmpty()) {
      map.put(element, set);
    }
  }

  /**
   * With the fields of objects that paths lead through, where the type has a field of that name:
   * {@code a.b.c} adds {@code a}, unless it is but an entry of a map (EnsureNamedFieldsAreMembers).
   */
  FieldSet withNamedFields(MergeType type) {
    TreeSet<PathElement> allMembers = new TreeSet<>(members);
    TreeMap<PathElement, FieldSet> allChildren = new TreeMap<>();
    children.forEach((element, child) -> {
      if (element instanceof PathElement.Field field && type.hasField(field.name())) {
        allMembers.add(element);
      }
      allChildren.put(element, child.withNamedFields(type.below(element)));
    });
    return new FieldSet(allMembers, allChildren);
  }

  /** Tells every path, the short ones of each object first. */
  void forEach(Consumer<ImmutableList<PathElement>> action) {
    forEach(ImmutableList.of(), action);
  }

  private void forEach(
      ImmutableList<PathElement> prefix, Consumer<ImmutableList<PathElement>> action) {
    members.forEach(element -> action.accept(append(prefix, element)));
    children.forEach((element, child) -> child.forEach(append(prefix, element), action));
  }

  private static ImmutableList<PathElement> append(
      ImmutableList<PathElement> prefix, PathElement element) {
    return ImmutableList.<PathElement>builder().addAll(prefix).add(element).build();
  }

  /** As in managedFields (FieldsV1). */
  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    TreeSet<PathElement> all = new TreeSet<>(members);
    all.addAll(children.keySet());
    for (PathElement element : all) {
      FieldSet child = children.get(element);
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      if (child != null) {
        if (members.contains(element)) {
          content.putObject(".");
        }
        content.setAll(child.toJson());
      }
      node.set(element.serialized(), content);
    }
    return node;
  }

  /**
   * Reads what {@link #toJson} writes.
   *
   * @throws IllegalArgumentException where it is malformed
   */
  static FieldSet fromJson(JsonNode node) {
    Builder builder = new Builder();
    read(node, builder);
    return builder.build();
  }

  private static void read(JsonNode node, Builder builder) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().equals(".")) {
        continue;
      }
      PathElement element = PathElement.parse(entry.getKey());
      if (element == null) {
        // A later version knows what it is.
        continue;
      }
      JsonNode content = entry.getValue();
      if (content.has(".") || content.isEmpty()) {
        builder.add(element);
      }
      if (!content.isEmpty()) {
        read(content, builder.below(element));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldSet set
        && members.equals(set.members)
        && children.equals(set.children);
  }

  @Override
  public int hashCode() {
    return 31 * members.size() + children.size();
  }

  /** One path a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    forEach(path -> text.append(text.isEmpty() ? "" : "\n").append(text(path)));
    return text.toString();
  }

  /** A path as conflicts name it, as in {@code .spec.containers[name="a"].image}. */
  static String text(ImmutableList<PathElement> path) {
    StringBuilder text = new StringBuilder();
    path.forEach(text::append);
    return text.toString();
  }
}
