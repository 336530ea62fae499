package io.towtank.scenarios.observe;

import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Uid;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long pods take from creation until they are bound, run, and are ready, in nanoseconds of
 * virtual time. Times are those of the writes, not the whole seconds that objects bear.
 */
public final class StartupTimes implements CommitListener {
  private static final int DIGITS = 3;
  private static final long UNKNOWN = -1;

  private final SimClock clock;
  private final Histogram toScheduled = new Histogram(DIGITS);
  private final Histogram toStarted = new Histogram(DIGITS);
  private final Histogram toReady = new Histogram(DIGITS);
  // When pods were created that are not ready yet. Looked up and never iterated.
  private final Object2LongOpenHashMap<Uid> createdNanos = new Object2LongOpenHashMap<>();

  /** None yet. */
  public StartupTimes(SimClock clock) {
    this.clock = clock;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    if (current instanceof Pod pod) {
      if (previous instanceof Pod before) {
        changed(before, pod);
      } else if (pod.metadata().uid() != null) {
        createdNanos.put(pod.metadata().uid(), clock.nanos());
      }
    } else if (previous instanceof Pod pod && pod.metadata().uid() != null) {
      createdNanos.removeLong(pod.metadata().uid());
    }
  }

  // The same instance means that the status did not change.
  @SuppressWarnings("ReferenceEquality")
  private void changed(Pod before, Pod pod) {
    PodPhase phase = pod.status().phase();
    boolean bound = before.nodeName() == null && pod.nodeName() != null;
    boolean started = before.status().phase() == PodPhase.PENDING && phase != PodPhase.PENDING;
    boolean changed = before.status() != pod.status();
    boolean ready = changed && pod.isReady() && !before.isReady();
    boolean over = ready || (changed && phase.isTerminal());
    Uid uid = pod.metadata().uid();
    if (uid == null || !(bound || started || over)) {
      return;
    }
    long created = createdNanos.getOrDefault(uid, UNKNOWN);
    if (created == UNKNOWN) {
      return;
    }
    long nanos = clock.nanos() - created;
    if (bound) {
      toScheduled.recordValue(nanos);
    }
    if (started) {
      toStarted.recordValue(nanos);
    }
    if (ready) {
      toReady.recordValue(nanos);
    }
    if (over) {
      createdNanos.removeLong(uid);
    }
  }

  /** From creation to binding. */
  public Quantiles toScheduled() {
    return Quantiles.of(toScheduled);
  }

  /** From creation until the pod's phase is Running. */
  public Quantiles toStarted() {
    return Quantiles.of(toStarted);
  }

  /** From creation until the pod is Ready for the first time. */
  public Quantiles toReady() {
    return Quantiles.of(toReady);
  }

  /** As {@link #toScheduled}, with all that was recorded. */
  public Histogram scheduledNanos() {
    return toScheduled.copy();
  }

  /** As {@link #toStarted}, with all that was recorded. */
  public Histogram startedNanos() {
    return toStarted.copy();
  }

  /** As {@link #toReady}, with all that was recorded. */
  public Histogram readyNanos() {
    return toReady.copy();
  }
}
