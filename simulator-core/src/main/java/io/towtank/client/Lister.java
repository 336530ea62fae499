package io.towtank.client;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a component's own copy of a kind's objects (client-go: Lister).
 *
 * <p>All orders depend on nothing but the changes so far. What takes a consumer allocates nothing;
 * the copy does not change while it runs.
 */
public interface Lister<T extends KubeObject> {
  /** An object, null where it is not known. */
  @Nullable T get(ObjectKey key);

  /** An object, null where it is not known. */
  @Nullable T get(@Nullable String namespace, String name);

  /** How many objects are known. */
  int size();

  /** All objects. */
  ImmutableList<T> list();

  /** Tells all objects. */
  void forEach(Consumer<? super T> action);

  /** The objects of which an index says that value. */
  ImmutableList<T> byIndex(String index, Object value);

  /** Tells the objects of which an index says that value. */
  void forEachInIndex(String index, Object value, Consumer<? super T> action);

  /** Of how many objects an index says that value. */
  int countInIndex(String index, Object value);

  /**
   * Tells the objects whose labels match.
   *
   * @param namespace null for all
   */
  void forEachSelected(@Nullable String namespace, Selector selector, Consumer<? super T> action);
}
