package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.config.Timers;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.WaitingPod;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The pods that Permit plugins have wait (kube-scheduler: waitingPodsMap). */
final class WaitingPods {
  private static final long SECOND = 1_000_000_000L;
  private static final long MAX_TIMEOUT_NANOS = 15 * 60 * SECOND;

  private final Timers timers;
  private final Map<ObjectKey, Waiting> waiting = new LinkedHashMap<>();

  WaitingPods(Timers timers) {
    this.timers = timers;
  }

  private final class Waiting implements WaitingPod {
    private final Pod pod;
    private final Set<String> pending;
    private final Consumer<Status> done;

    Waiting(Pod pod, Set<String> pending, Consumer<Status> done) {
      this.pod = pod;
      this.pending = new LinkedHashSet<>(pending);
      this.done = done;
    }

    @Override
    public Pod pod() {
      return pod;
    }

    @Override
    public ImmutableSet<String> pendingPlugins() {
      return ImmutableSet.copyOf(pending);
    }

    @Override
    public void allow(String plugin) {
      if (pending.remove(plugin) && pending.isEmpty()) {
        finish(Status.SUCCESS);
      }
    }

    @Override
    public void reject(String plugin, String message) {
      finish(Status.unschedulable(message).by(plugin));
    }

    private void timeIsUp(String plugin, long timeoutNanos) {
      if (pending.contains(plugin)) {
        reject(
            plugin,
            "rejected due to timeout after waiting "
                + written(timeoutNanos)
                + " at plugin "
                + plugin);
      }
    }

    private void finish(Status status) {
      if (waiting.remove(ObjectKey.of(pod), this)) {
        done.accept(status);
      }
    }
  }

  /**
   * Has a pod wait.
   *
   * @param timeoutNanos by plugin that has it wait
   * @param done is told when all plugins allowed it, or one rejected it
   */
  void add(Pod pod, Map<String, Long> timeoutNanos, Consumer<Status> done) {
    Waiting added = new Waiting(pod, timeoutNanos.keySet(), done);
    waiting.put(ObjectKey.of(pod), added);
    timeoutNanos.forEach((plugin, nanos) -> {
      long timeout = Math.min(nanos, MAX_TIMEOUT_NANOS);
      timers.timeout(timeout, () -> added.timeIsUp(plugin, timeout));
    });
  }

  /** A pod that waits, null where it does not. */
  @Nullable WaitingPod get(ObjectKey pod) {
    return waiting.get(pod);
  }

  /** All, those that have waited longest first. */
  ImmutableList<WaitingPod> all() {
    return ImmutableList.copyOf(waiting.values());
  }

  /** As Go writes durations, which messages show: {@code 15m0s}. */
  private static String written(long nanos) {
    long seconds = nanos / SECOND;
    String fraction = String.valueOf((nanos % SECOND) / 1e9);
    String ofSecond = nanos % SECOND == 0 ? "" : fraction.substring(1);
    StringBuilder text = new StringBuilder();
    if (seconds >= 3600) {
      text.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    return text.append(seconds % 60).append(ofSecond).append('s').toString();
  }
}
