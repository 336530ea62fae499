package io.towtank.client;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import org.jspecify.annotations.Nullable;

/** Reads a component's own copy of a kind's objects (client-go: Lister). */
public interface Lister<T extends KubeObject> {
  /** An object, null where it is not known. */
  @Nullable T get(ObjectKey key);

  /** All objects, in an order that depends on nothing but the changes so far. */
  ImmutableList<T> list();

  /** The objects of which an index says that value. */
  ImmutableList<T> byIndex(String index, String value);
}
