package io.towtank.client;

import io.towtank.latency.ClientLimits;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.objects.Object2ObjectOpenHashMap;
import java.util.ArrayDeque;

/**
 * Keys that wait to be reconciled, each at most once, each by one worker at a time (client-go:
 * workqueue with DefaultTypedControllerRateLimiter). A key that is added while it is being worked
 * on is worked on again afterwards.
 *
 * <pre>
 *            add                    a worker is free
 *   (idle) ───────▶ waiting ──────────────────────────▶ working ──done──▶ (idle)
 *      │               ▲                                   │ add
 *      └─addAfter─▶ delayed ◀──addRateLimited, done(false)─┘ └─▶ waits until done
 * </pre>
 *
 * <p>Whatever is done with a key takes constant time, and leaves no garbage but for new keys.
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

  // client-go: workqueue/default_rate_limiters.go. The longer of two delays counts: 5 ms doubling
  // with each failure of the key up to 1000 s, and 10 a second for all keys, 100 at once.
  private static final long FIRST_BACKOFF_NANOS = 5_000_000L;
  private static final long LAST_BACKOFF_NANOS = 1_000_000_000_000L;
  private static final int DOUBLINGS = 18;
  private static final ClientLimits RETRIES = new ClientLimits(10, 100);

  /** Where a key is. A key that is nowhere has none, and its entry goes to another key. */
  private final class Entry implements Done {
    private final Runnable onTime = this::onTime;
    private K key;
    private boolean waiting;
    private boolean working;
    private int failures;
    private long timer;
    private long dueNanos;
    private boolean background;

    Entry(K key) {
      this.key = key;
    }

    private void onTime() {
      timer = 0;
      add(this);
    }

    @Override
    public void done(boolean succeeded) {
      if (!working) {
        throw new IllegalStateException("the work on " + key + " was done already");
      }
      working = false;
      workersBusy--;
      if (succeeded) {
        failures = 0;
      } else {
        addRateLimited(this);
      }
      if (waiting) {
        queue.add(this);
      }
      if (!queue.isEmpty()) {
        dispatchSoon();
      }
      releaseIfIdle(this);
    }
  }

  private final Simulation simulation;
  private final Worker<K> worker;
  private final int workers;
  private final TokenBucket retries = new TokenBucket(RETRIES);
  private final ArrayDeque<Entry> queue = new ArrayDeque<>();
  private final Object2ObjectOpenHashMap<K, Entry> entries = new Object2ObjectOpenHashMap<>();
  private final ArrayDeque<Entry> unused = new ArrayDeque<>();
  private final Runnable dispatch = this::dispatch;
  private int waitingCount;
  private int workersBusy;
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
    add(entry(key));
  }

  /**
   * Adds a key after a delay of virtual nanoseconds. Of several delays that are pending for a key
   * the one that ends first counts.
   */
  public void addAfter(K key, long delayNanos) {
    addAfter(entry(key), delayNanos, false);
  }

  /** Adds a key after the back-off that its failures so far call for, and counts one more. */
  public void addRateLimited(K key) {
    addRateLimited(entry(key));
  }

  /** How often a key was added with a back-off since it was last done with or forgotten. */
  public int retries(K key) {
    Entry entry = entries.get(key);
    return entry == null ? 0 : entry.failures;
  }

  /**
   * Forgets a key's failures and takes back what {@link #addAfter} has pending: for when what the
   * key names is gone. A key that waits already is still worked on.
   */
  public void forget(K key) {
    Entry entry = entries.get(key);
    if (entry != null) {
      entry.failures = 0;
      if (entry.timer != 0) {
        simulation.cancel(entry.timer);
        entry.timer = 0;
      }
      releaseIfIdle(entry);
    }
  }

  /** How many keys wait, those included that are being worked on and wait to be once more. */
  public int size() {
    return waitingCount;
  }

  private Entry entry(K key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = unused.poll();
      if (entry == null) {
        entry = new Entry(key);
      } else {
        entry.key = key;
      }
      entries.put(key, entry);
    }
    return entry;
  }

  private void releaseIfIdle(Entry entry) {
    if (!entry.waiting && !entry.working && entry.failures == 0 && entry.timer == 0) {
      entries.remove(entry.key);
      unused.push(entry);
    }
  }

  private void add(Entry entry) {
    if (entry.waiting) {
      return;
    }
    entry.waiting = true;
    waitingCount++;
    if (!entry.working) {
      queue.add(entry);
      dispatchSoon();
    }
  }

  private void addAfter(Entry entry, long delayNanos, boolean background) {
    if (delayNanos <= 0) {
      add(entry);
      return;
    }
    long due = simulation.nanos() + delayNanos;
    if (entry.timer != 0) {
      if (entry.dueNanos <= due && (background || !entry.background)) {
        return;
      }
      due = Math.min(due, entry.dueNanos);
      simulation.cancel(entry.timer);
    }
    entry.dueNanos = due;
    entry.background = background;
    long wait = due - simulation.nanos();
    entry.timer =
        background
            ? simulation.scheduleBackground(wait, entry.onTime)
            : simulation.schedule(wait, entry.onTime);
  }

  private void addRateLimited(Entry entry) {
    long backoff =
        Math.min(LAST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(entry.failures, DOUBLINGS));
    entry.failures++;
    // What has failed as often as this fails for ever, and keeps no run from being idle.
    boolean hopeless = backoff == LAST_BACKOFF_NANOS;
    addAfter(entry, Math.max(backoff, retries.take(RETRIES, simulation.nanos(), 1)), hopeless);
  }

  private void dispatchSoon() {
    if (!dispatchPending && workersBusy < workers) {
      dispatchPending = true;
      simulation.schedule(0, dispatch);
    }
  }

  private void dispatch() {
    dispatchPending = false;
    while (workersBusy < workers && !queue.isEmpty()) {
      Entry entry = queue.remove();
      entry.waiting = false;
      waitingCount--;
      entry.working = true;
      workersBusy++;
      worker.work(entry.key, entry);
    }
  }
}
