package io.towtank.scenarios.observe;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.store.ApiStore;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells observers of each state of a cluster that lasted: what is true at a moment is what is true
 * after all that is due at it.
 *
 * <p>It has to be the first of the store's listeners, so that it sees the state before the first
 * write of a later moment changes it.
 */
public final class Settling implements CommitListener {
  /** Looks at states that lasted. */
  @FunctionalInterface
  public interface Observer {
    /** The present state was there from a time until just before another. */
    void held(long sinceNanos, long untilNanos);
  }

  private final SimClock clock;
  private final ApiStore store;
  private final List<Observer> observers = new ArrayList<>();
  private long sinceNanos;

  /** While observers are told: the write that ended the state, which the store has already. */
  private @Nullable KubeObject before;

  private @Nullable KubeObject after;

  /** Nobody is told anything yet. */
  public Settling(SimClock clock, ApiStore store) {
    this.clock = clock;
    this.store = store;
  }

  /**
   * An object as it was in the state of which observers are being told, or as it is now; null where
   * there was none.
   */
  public <T extends KubeObject> @Nullable T get(
      Kind<T> kind, @Nullable String namespace, String name) {
    KubeObject written = after == null ? before : after;
    if (written != null
        && written.kind().equals(kind)
        && written.name().equals(name)
        && Objects.equals(written.metadata().namespace(), namespace)) {
      return before == null ? null : kind.type().cast(before);
    }
    return store.get(kind, namespace, name);
  }

  /** Has an observer told of what lasts from now on. */
  public void add(Observer observer) {
    observers.add(observer);
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    before = previous;
    after = current;
    next();
    before = null;
    after = null;
  }

  /** The state changes: by a write, or by something that is no object and is about to change. */
  public void next() {
    long now = clock.nanos();
    if (now > sinceNanos) {
      tell(now);
      sinceNanos = now;
    }
  }

  /** Tells observers of the state with which the run ended. */
  public void end() {
    tell(clock.nanos() + 1);
  }

  private void tell(long untilNanos) {
    for (Observer observer : observers) {
      observer.held(sinceNanos, untilNanos);
    }
  }
}
