package io.towtank.client;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;
import io.towtank.store.ApiStore;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a component's own copy of a kind's objects up to date from a watch, and tells handlers what
 * changes (client-go: SharedIndexInformer). What it has is as old as the watch delay.
 */
public final class Informer<T extends KubeObject> implements Lister<T> {
  private final Kind<T> kind;
  private final ApiStore store;
  private final long watchDelayNanos;
  private final Map<ObjectKey, T> objects = new TreeMap<>();
  private final Map<String, Function<? super T, ? extends @Nullable Object>> indexers =
      new LinkedHashMap<>();
  private final Map<String, Map<Object, Map<ObjectKey, T>>> indexes = new LinkedHashMap<>();
  private final List<WatchListener<T>> handlers = new ArrayList<>();

  /** An informer that knows nothing until it is started. */
  public Informer(Kind<T> kind, ApiStore store, long watchDelayNanos) {
    this.kind = kind;
    this.store = store;
    this.watchDelayNanos = watchDelayNanos;
  }

  /**
   * Has a handler told of every change that the copy undergoes, after it did. Where the informer
   * has started, the handler is told at once of the objects that there are.
   */
  public void addHandler(WatchListener<T> handler) {
    handlers.add(handler);
    objects.values().forEach(handler::added);
  }

  /**
   * Keeps the objects by what a function says of them; null leaves an object out. Adding an index
   * of the same name again changes nothing, so that several components may ask for it.
   */
  public void addIndex(String name, Function<? super T, ? extends @Nullable Object> indexer) {
    if (indexers.putIfAbsent(name, indexer) == null) {
      indexes.put(name, new HashMap<>());
      objects.values().forEach(object -> index(name, indexer, object, true));
    }
  }

  /** Lists what there is, telling handlers of each object, and watches from there on. */
  public void start() {
    for (T object : store.list(kind)) {
      replace(null, object);
    }
    store.watch(
        kind,
        watchDelayNanos,
        new WatchListener<T>() {
          @Override
          public void added(T object) {
            replace(null, object);
          }

          @Override
          public void modified(T previous, T object) {
            replace(previous, object);
          }

          @Override
          public void deleted(T last) {
            replace(last, null);
          }
        });
  }

  private void replace(@Nullable T previous, @Nullable T current) {
    if (previous != null) {
      objects.remove(ObjectKey.of(previous));
      index(previous, false);
    }
    if (current != null) {
      objects.put(ObjectKey.of(current), current);
      index(current, true);
    }
    for (WatchListener<T> handler : handlers) {
      if (current == null) {
        handler.deleted(java.util.Objects.requireNonNull(previous));
      } else if (previous == null) {
        handler.added(current);
      } else {
        handler.modified(previous, current);
      }
    }
  }

  private void index(T object, boolean present) {
    indexers.forEach((name, indexer) -> index(name, indexer, object, present));
  }

  private void index(
      String name,
      Function<? super T, ? extends @Nullable Object> indexer,
      T object,
      boolean present) {
    Object value = indexer.apply(object);
    if (value == null) {
      return;
    }
    Map<ObjectKey, T> bucket = buckets(name).computeIfAbsent(value, v -> new TreeMap<>());
    if (present) {
      bucket.put(ObjectKey.of(object), object);
    } else {
      bucket.remove(ObjectKey.of(object));
    }
  }

  private Map<Object, Map<ObjectKey, T>> buckets(String index) {
    Map<Object, Map<ObjectKey, T>> buckets = indexes.get(index);
    if (buckets == null) {
      throw new IllegalArgumentException(kind + " has no index \"" + index + "\"");
    }
    return buckets;
  }

  @Override
  public @Nullable T get(ObjectKey key) {
    return objects.get(key);
  }

  @Override
  public ImmutableList<T> list() {
    return ImmutableList.copyOf(objects.values());
  }

  @Override
  public @Nullable T get(@Nullable String namespace, String name) {
    return objects.get(new ObjectKey(namespace, name));
  }

  @Override
  public int size() {
    return objects.size();
  }

  @Override
  public void forEach(Consumer<? super T> action) {
    objects.values().forEach(action);
  }

  @Override
  public ImmutableList<T> byIndex(String index, Object value) {
    return ImmutableList.copyOf(buckets(index).getOrDefault(value, Map.of()).values());
  }

  @Override
  public void forEachInIndex(String index, Object value, Consumer<? super T> action) {
    buckets(index).getOrDefault(value, Map.of()).values().forEach(action);
  }

  @Override
  public int countInIndex(String index, Object value) {
    return buckets(index).getOrDefault(value, Map.of()).size();
  }

  @Override
  public void forEachSelected(
      @Nullable String namespace, Selector selector, Consumer<? super T> action) {
    for (T object : objects.values()) {
      if ((namespace == null || namespace.equals(object.metadata().namespace()))
          && selector.matches(object.metadata().labels())) {
        action.accept(object);
      }
    }
  }
}
