package io.towtank.client;

import io.towtank.time.Simulation;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keys that wait to be reconciled, each at most once, each by one worker at a time (client-go:
 * workqueue). A key that is added while it is being worked on is worked on again afterwards.
 *
 * @param <K> the keys; their hash codes must not depend on identity
 */
public final class WorkQueue<K> {
  /** Works on a key and says when it is done with it. */
  @FunctionalInterface
  public interface Worker<K> {
    /** Starts the work; calls {@code done} exactly once, at once or later in virtual time. */
    void work(K key, Done done);
  }

  /** Is told how the work on a key went. */
  @FunctionalInterface
  public interface Done {
    /** Where it failed, the key is added again after a back-off. */
    void done(boolean succeeded);
  }

  // client-go: DefaultTypedControllerRateLimiter, 5 ms doubling to 1000 s
  private static final long FIRST_BACKOFF_NANOS = 5_000_000L;
  private static final long LAST_BACKOFF_NANOS = 1_000_000_000_000L;

  private final Simulation simulation;
  private final Worker<K> worker;
  private final int workers;
  private final ArrayDeque<K> queue = new ArrayDeque<>();
  private final Set<K> waiting = new HashSet<>();
  private final Set<K> working = new HashSet<>();
  private final Map<K, Integer> failures = new HashMap<>();
  private final Map<K, Long> timers = new HashMap<>();
  private final Map<K, Long> dueNanos = new HashMap<>();
  private boolean dispatchPending;

  /**
   * @param workers how many keys are worked on at once
   */
  public WorkQueue(Simulation simulation, int workers, Worker<K> worker) {
    this.simulation = simulation;
    this.workers = workers;
    this.worker = worker;
  }

  /** Adds a key unless it waits already. */
  public void add(K key) {
    if (!waiting.add(key)) {
      return;
    }
    if (!working.contains(key)) {
      queue.add(key);
      dispatchSoon();
    }
  }

  /**
   * Adds a key after a delay of virtual nanoseconds. Of several delays that are pending for a key
   * the one that ends first counts.
   */
  public void addAfter(K key, long delayNanos) {
    if (delayNanos <= 0) {
      add(key);
      return;
    }
    long due = simulation.nanos() + delayNanos;
    Long pending = dueNanos.get(key);
    Long timer = timers.get(key);
    if (timer != null && pending != null) {
      if (pending <= due) {
        return;
      }
      simulation.cancel(timer);
    }
    dueNanos.put(key, due);
    timers.put(
        key,
        simulation.schedule(
            delayNanos,
            () -> {
              timers.remove(key);
              add(key);
            }));
  }

  /** Adds a key after the back-off that its failures so far call for, and counts one more. */
  public void addRateLimited(K key) {
    int count = failures.merge(key, 1, Integer::sum);
    addAfter(key, Math.min(LAST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(count - 1, 30)));
  }

  /** How often a key was added with a back-off since it was last done with or forgotten. */
  public int retries(K key) {
    return failures.getOrDefault(key, 0);
  }

  /**
   * Forgets a key's failures and takes back what {@link #addAfter} has pending: for when what the
   * key names is gone. A key that waits already is still worked on.
   */
  public void forget(K key) {
    failures.remove(key);
    Long timer = timers.remove(key);
    if (timer != null) {
      simulation.cancel(timer);
    }
  }

  /** How many keys wait. */
  public int size() {
    return waiting.size();
  }

  private void dispatchSoon() {
    if (!dispatchPending && working.size() < workers) {
      dispatchPending = true;
      simulation.schedule(0, this::dispatch);
    }
  }

  private void dispatch() {
    dispatchPending = false;
    while (working.size() < workers && !queue.isEmpty()) {
      K key = queue.remove();
      waiting.remove(key);
      working.add(key);
      worker.work(key, succeeded -> done(key, succeeded));
    }
  }

  private void done(K key, boolean succeeded) {
    working.remove(key);
    if (succeeded) {
      failures.remove(key);
    } else {
      addRateLimited(key);
    }
    if (waiting.contains(key)) {
      queue.add(key);
    }
    if (!queue.isEmpty()) {
      dispatchSoon();
    }
  }
}
