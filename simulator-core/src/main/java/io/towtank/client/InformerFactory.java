package io.towtank.client;

import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.store.ApiStore;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Informers that several components share, one a kind (client-go: SharedInformerFactory).
 *
 * <p>Components ask for their informers and add handlers; {@link #start} starts what was asked for.
 * What is asked for later starts at once.
 */
public final class InformerFactory implements InformerSource {
  private final ApiStore store;
  private final long watchDelayNanos;
  private final Map<Kind<?>, Informer<?>> informers = new LinkedHashMap<>();
  private boolean started;

  /**
   * @param watchDelayNanos from a write until informers know, in virtual nanoseconds
   */
  public InformerFactory(ApiStore store, long watchDelayNanos) {
    this.store = store;
    this.watchDelayNanos = watchDelayNanos;
  }

  @Override
  @SuppressWarnings("unchecked") // A kind has one type, and the map is written only here.
  public <T extends KubeObject> Informer<T> informer(Kind<T> kind) {
    Informer<T> informer = (Informer<T>) informers.get(kind);
    if (informer == null) {
      informer = new Informer<>(kind, store, watchDelayNanos);
      informers.put(kind, informer);
      if (started) {
        informer.start();
      }
    }
    return informer;
  }

  @Override
  public void forEachKind(Consumer<Kind<?>> handler) {
    Set<Kind<?>> told = new LinkedHashSet<>(Kinds.ALL);
    told.addAll(store.kinds());
    told.forEach(handler);
    store.addCommitListener((previous, current, revision) -> {
      if (current != null && previous == null && told.add(current.kind())) {
        handler.accept(current.kind());
      }
    });
  }

  /** Starts all informers, in the order in which they were asked for. */
  public void start() {
    if (!started) {
      started = true;
      informers.values().forEach(Informer::start);
    }
  }
}
