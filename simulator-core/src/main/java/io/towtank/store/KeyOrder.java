package io.towtank.store;

import org.jspecify.annotations.Nullable;

/** The order of lists: that of the keys {@code namespace/name} in etcd. */
final class KeyOrder {
  private KeyOrder() {}

  static int compare(
      @Nullable String namespace, String name, @Nullable String otherNamespace, String otherName) {
    if (namespace == null || otherNamespace == null || namespace.equals(otherNamespace)) {
      return name.compareTo(otherName);
    }
    int common = Math.min(namespace.length(), otherNamespace.length());
    for (int i = 0; i < common; i++) {
      int order = Character.compare(namespace.charAt(i), otherNamespace.charAt(i));
      if (order != 0) {
        return order;
      }
    }
    // "a-b/x" comes before "a/x", since '-' comes before '/'.
    return namespace.length() > common
        ? Character.compare(namespace.charAt(common), '/')
        : Character.compare('/', otherNamespace.charAt(common));
  }
}
