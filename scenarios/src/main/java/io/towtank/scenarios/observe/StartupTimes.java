package io.towtank.scenarios.observe;

import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Uid;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long pods take from creation until they are bound, run, and are ready, in nanoseconds of
 * virtual time. Times are those of the writes, not the whole seconds that objects bear.
 */
public final class StartupTimes implements CommitListener {
  private static final int DIGITS = 3;

  private final SimClock clock;
  private final Histogram toScheduled = new Histogram(DIGITS);
  private final Histogram toStarted = new Histogram(DIGITS);
  private final Histogram toReady = new Histogram(DIGITS);
  // When pods were created that are not ready yet. Looked up and never iterated.
  private final Map<Uid, Long> createdNanos = new HashMap<>();

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
      createdNanos.remove(pod.metadata().uid());
    }
  }

  // The same instance means that the status did not change.
  @SuppressWarnings("ReferenceEquality")
  private void changed(Pod before, Pod pod) {
    boolean bound = before.nodeName() == null && pod.nodeName() != null;
    if (!bound && before.status() == pod.status()) {
      return;
    }
    Uid uid = pod.metadata().uid();
    Long created = uid == null ? null : createdNanos.get(uid);
    if (created == null) {
      return;
    }
    long nanos = clock.nanos() - created;
    if (bound) {
      toScheduled.recordValue(nanos);
    }
    PodPhase phase = pod.status().phase();
    if (before.status().phase() == PodPhase.PENDING && phase != PodPhase.PENDING) {
      toStarted.recordValue(nanos);
    }
    if (pod.isReady()) {
      toReady.recordValue(nanos);
      createdNanos.remove(uid);
    } else if (phase.isTerminal()) {
      createdNanos.remove(uid);
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
