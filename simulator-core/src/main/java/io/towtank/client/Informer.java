package io.towtank.client;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Selector;
import io.towtank.store.ApiStore;
import io.towtank.store.ListOptions;
import io.towtank.store.ListPage;
import io.towtank.store.ObjectTable;
import io.towtank.store.Selection;
import io.towtank.store.Watch;
import io.towtank.store.WatchListener;
import io.towtank.store.WatchOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a component's own copy of a kind's objects up to date from a watch, and tells handlers what
 * changes (client-go: SharedIndexInformer). What it has is as old as the watch delay.
 *
 * <p>The objects are the store's own instances: an informer costs a table of references. Where its
 * watch has expired it lists anew and tells handlers the difference; of what changed several times
 * meanwhile they see the last. There is no resync: it would tell what is known.
 */
public final class Informer<T extends KubeObject> implements Lister<T> {
  // client-go: tools/cache/reflector.go, the first back-off after a watch has ended
  private static final long RELIST_NANOS = 800_000_000L;

  private final Kind<T> kind;
  private final ApiStore store;
  private final WatchOptions options;
  private final ObjectTable<T> table = new ObjectTable<>();
  private final List<WatchListener<T>> handlers = new ArrayList<>(2);
  private @Nullable Watch watch;
  private boolean started;
  private boolean disconnected;
  private boolean relisting;
  private boolean stopped;

  /** An informer of all objects of a kind, that knows nothing until it is started. */
  public Informer(Kind<T> kind, ApiStore store, long watchDelayNanos) {
    this(kind, store, watchDelayNanos, Selection.ALL);
  }

  /** An informer of some objects of a kind, that knows nothing until it is started. */
  public Informer(Kind<T> kind, ApiStore store, long watchDelayNanos, Selection selection) {
    this.kind = kind;
    this.store = store;
    this.options = WatchOptions.all(watchDelayNanos).of(selection);
  }

  /**
   * Has a handler told of every change that the copy undergoes, after it did. Where the informer
   * has started, the handler is told at once of the objects that there are.
   */
  public void addHandler(WatchListener<T> handler) {
    handlers.add(handler);
    table.forEach(handler::added);
  }

  /**
   * Keeps the objects by what a function says of them; null leaves an object out. Adding an index
   * of the same name again changes nothing, so that several components may ask for it.
   *
   * @param indexer says values with equals and hashCode, always the same of the same object
   */
  public void addIndex(String name, Function<? super T, ? extends @Nullable Object> indexer) {
    table.addIndex(name, indexer);
  }

  /** Lists what there is, telling handlers of each object, and watches from there on. */
  public void start() {
    if (!started) {
      started = true;
      listAndWatch();
    }
  }

  /** Whether it has listed what there is. */
  public boolean started() {
    return started;
  }

  /** Learns nothing until {@link #reconnect}, as when the connection to the API is gone. */
  public void disconnect() {
    disconnected = true;
    if (watch != null) {
      watch.pause();
    }
  }

  /** Learns what has changed since, from history or, where it does not reach back, from a list. */
  public void reconnect() {
    if (!disconnected) {
      return;
    }
    disconnected = false;
    if (watch != null) {
      watch.resume();
    } else if (started && !relisting) {
      listAndWatch();
    }
  }

  /**
   * Loses its watch, and finds when it asks again that history no longer has what it missed (410
   * Gone): it lists anew after a back-off.
   */
  public void expire() {
    disconnected = false;
    if (watch != null) {
      watch.stop();
      relist();
    } else if (started && !relisting) {
      relist();
    }
  }

  /** Learns nothing any more: its process has ended. */
  public void stop() {
    stopped = true;
    if (watch != null) {
      watch.stop();
      watch = null;
    }
  }

  private void relist() {
    watch = null;
    relisting = true;
    store.simulation().schedule(RELIST_NANOS, this::listAndWatch);
  }

  private void listAndWatch() {
    relisting = false;
    if (stopped || disconnected) {
      return;
    }
    ListPage<T> page = store.list(kind, ListOptions.of(options.selection()));
    if (table.size() > 0) {
      forgetAllBut(page.items());
    }
    for (T object : page.items()) {
      T known = table.get(object.metadata().namespace(), object.name());
      if (known == null || known.resourceVersion() != object.resourceVersion()) {
        put(object);
      }
    }
    watch =
        store.watch(
            kind,
            options.from(page.revision()),
            new WatchListener<T>() {
              @Override
              public void added(T object) {
                put(object);
              }

              @Override
              public void modified(T previous, T object) {
                put(object);
              }

              @Override
              public void deleted(T last) {
                remove(last);
              }

              @Override
              public void expired() {
                relist();
              }
            });
  }

  /**
   * What was deleted unseen is told as it was last seen (client-go: DeletedFinalStateUnknown), also
   * where another object has its name by now. client-go tells the latter as one change, which every
   * handler has to take apart by the uids.
   */
  private void forgetAllBut(ImmutableList<T> present) {
    Map<ObjectKey, T> byKey = new HashMap<>();
    for (T object : present) {
      byKey.put(ObjectKey.of(object), object);
    }
    List<T> gone = new ArrayList<>();
    table.forEach(object -> {
      T now = byKey.get(ObjectKey.of(object));
      if (now == null || !Objects.equals(now.metadata().uid(), object.metadata().uid())) {
        gone.add(object);
      }
    });
    gone.forEach(this::remove);
  }

  private void put(T object) {
    T previous = table.put(object);
    for (int i = 0; i < handlers.size(); i++) {
      if (previous == null) {
        handlers.get(i).added(object);
      } else {
        handlers.get(i).modified(previous, object);
      }
    }
  }

  private void remove(T last) {
    ObjectMeta meta = last.metadata();
    if (table.remove(meta.namespace(), meta.name()) != null) {
      for (int i = 0; i < handlers.size(); i++) {
        handlers.get(i).deleted(last);
      }
    }
  }

  @Override
  public @Nullable T get(ObjectKey key) {
    return table.get(key.namespace(), key.name());
  }

  @Override
  public @Nullable T get(@Nullable String namespace, String name) {
    return table.get(namespace, name);
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public ImmutableList<T> list() {
    ImmutableList.Builder<T> all = ImmutableList.builderWithExpectedSize(table.size());
    table.forEach(all::add);
    return all.build();
  }

  @Override
  public void forEach(Consumer<? super T> action) {
    table.forEach(action);
  }

  @Override
  public ImmutableList<T> byIndex(String index, Object value) {
    int count = table.countInIndex(index, value);
    if (count == 0) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<T> found = ImmutableList.builderWithExpectedSize(count);
    table.forEachInIndex(index, value, found::add);
    return found.build();
  }

  @Override
  public void forEachInIndex(String index, Object value, Consumer<? super T> action) {
    table.forEachInIndex(index, value, action);
  }

  @Override
  public int countInIndex(String index, Object value) {
    return table.countInIndex(index, value);
  }

  @Override
  public void forEachSelected(
      @Nullable String namespace, Selector selector, Consumer<? super T> action) {
    table.forEachSelected(namespace, selector, action);
  }

  /**
   * The first way in which the copy is not what the store had when it last learnt something, in
   * words; null where it is. Of what is not yet told it says nothing.
   */
  @Nullable String difference() {
    return table.difference();
  }

  /**
   * The first object that it has otherwise than the store, in words; null where there is none. Only
   * where everything has been told do the two agree.
   */
  public @Nullable String differenceFromStore() {
    if (!started || stopped || disconnected || watch == null) {
      return null;
    }
    ImmutableList<T> stored = store.list(kind, ListOptions.of(options.selection())).items();
    for (T object : stored) {
      T known = table.get(object.metadata().namespace(), object.name());
      if (known == null) {
        return kind.name() + " " + ObjectKey.of(object) + " is not known";
      }
      if (known.resourceVersion() != object.resourceVersion()) {
        return kind.name()
            + " "
            + ObjectKey.of(object)
            + " is known as of revision "
            + known.resourceVersion()
            + ", the store has "
            + object.resourceVersion();
      }
    }
    return table.size() == stored.size()
        ? null
        : table.size() + " " + kind.plural() + " are known, the store has " + stored.size();
  }
}
