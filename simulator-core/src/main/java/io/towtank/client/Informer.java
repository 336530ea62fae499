package io.towtank.client;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.store.ApiStore;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
  private final Map<String, Function<T, @Nullable String>> indexers = new LinkedHashMap<>();
  private final Map<String, Map<String, Map<ObjectKey, T>>> indexes = new LinkedHashMap<>();
  private final List<WatchListener<T>> handlers = new ArrayList<>();

  /** An informer that knows nothing until it is started. */
  public Informer(Kind<T> kind, ApiStore store, long watchDelayNanos) {
    this.kind = kind;
    this.store = store;
    this.watchDelayNanos = watchDelayNanos;
  }

  /** Has a handler told of every change that the copy undergoes, after it did. Before the start. */
  public void addHandler(WatchListener<T> handler) {
    handlers.add(handler);
  }

  /**
   * Keeps the objects by what a function says of them; null leaves an object out. Before the start.
   */
  public void addIndex(String name, Function<T, @Nullable String> indexer) {
    indexers.put(name, indexer);
    indexes.put(name, new TreeMap<>());
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
    indexers.forEach((name, indexer) -> {
      String value = indexer.apply(object);
      Map<String, Map<ObjectKey, T>> index = indexes.get(name);
      if (value == null || index == null) {
        return;
      }
      Map<ObjectKey, T> bucket = index.computeIfAbsent(value, v -> new TreeMap<>());
      if (present) {
        bucket.put(ObjectKey.of(object), object);
      } else {
        bucket.remove(ObjectKey.of(object));
      }
    });
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
  public ImmutableList<T> byIndex(String index, String value) {
    Map<String, Map<ObjectKey, T>> buckets = indexes.get(index);
    if (buckets == null) {
      throw new IllegalArgumentException(kind + " has no index \"" + index + "\"");
    }
    return ImmutableList.copyOf(buckets.getOrDefault(value, Map.of()).values());
  }
}
