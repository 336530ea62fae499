package io.towtank.client;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private boolean stopped;
  private final List<ImmutableSet<Kind<?>>> outages = new ArrayList<>();

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
      if (isCutOff(kind)) {
        informer.disconnect();
      }
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
      if (!stopped && current != null && previous == null && told.add(current.kind())) {
        handler.accept(current.kind());
      }
    });
  }

  /** Starts all informers, in the order in which they were asked for. */
  public void start() {
    if (!started) {
      started = true;
      // What they tell of may have others asked for, which start by themselves.
      ImmutableList.copyOf(informers.values()).forEach(Informer::start);
    }
  }

  /** Ends all informers for good: their process has ended. */
  public void stop() {
    stopped = true;
    informers.values().forEach(Informer::stop);
  }

  /**
   * Has informers lose their watches until {@link #expire} is called as often.
   *
   * @param kinds whose, empty for all
   */
  public void disconnect(ImmutableSet<Kind<?>> kinds) {
    outages.add(kinds);
    informers.forEach((kind, informer) -> {
      if (isCutOff(kind)) {
        informer.disconnect();
      }
    });
  }

  /** Informers that have lost their watches find history gone (410) and list anew. */
  public void expire(ImmutableSet<Kind<?>> kinds) {
    outages.remove(kinds);
    ImmutableMap.copyOf(informers)
        .forEach((kind, informer) -> {
          if ((kinds.isEmpty() || kinds.contains(kind)) && !isCutOff(kind)) {
            informer.expire();
          }
        });
  }

  private boolean isCutOff(Kind<?> kind) {
    for (ImmutableSet<Kind<?>> kinds : outages) {
      if (kinds.isEmpty() || kinds.contains(kind)) {
        return true;
      }
    }
    return false;
  }

  /** The first object that an informer has otherwise than the store, in words; null for none. */
  public @Nullable String differenceFromStore() {
    for (Informer<?> informer : informers.values()) {
      String difference = informer.differenceFromStore();
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }
}
