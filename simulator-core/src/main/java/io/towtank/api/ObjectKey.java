package io.towtank.api;

import org.jspecify.annotations.Nullable;

/**
 * Names an object within its kind.
 *
 * @param namespace null for what belongs to the cluster
 */
public record ObjectKey(@Nullable String namespace, String name) implements Comparable<ObjectKey> {
  /** The key of an object. */
  public static ObjectKey of(KubeObject object) {
    return new ObjectKey(object.metadata().namespace(), object.metadata().name());
  }

  @Override
  public int compareTo(ObjectKey other) {
    String mine = namespace == null ? "" : namespace;
    String its = other.namespace == null ? "" : other.namespace;
    int order = mine.compareTo(its);
    return order != 0 ? order : name.compareTo(other.name);
  }

  /** As logs have it: {@code namespace/name}. */
  @Override
  public String toString() {
    return namespace == null ? name : namespace + "/" + name;
  }
}
