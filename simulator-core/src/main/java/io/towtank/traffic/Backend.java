package io.towtank.traffic;

import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who serves requests: a pod's first container, or an address outside of the cluster. */
final class Backend {
  /**
   * How many intervals back it is known what was used: enough for metrics-server's window. A power
   * of 2.
   */
  private static final int KEPT = 8;

  /** More threads than this do not change how long anybody waits. */
  private static final int MOST_WORKERS = 64;

  final String name;
  final @Nullable String node;
  final String container;

  /** How many cores it may use. */
  final double cores;

  final int workers;

  /** The CPU time that there is in an interval. */
  private final long mostNanos;

  /** Whether its process answers. */
  boolean alive = true;

  /** When it ended, where it does not answer. */
  private long endedNanos;

  /** What comes, as a share of what it can do. */
  double load;

  double waitNanos;
  double level;
  long steppedAtNanos;

  /** To tell, while endpoints are gathered, whether it is among them already. */
  long gathered;

  /** How many requests it answered, where somebody wants to know. */
  private @Nullable RecentCounts answered;

  private final long[] usedNanos = new long[KEPT];
  private long lastInterval = -1;

  Backend(String name, @Nullable String node, String container, double cores) {
    this.name = name;
    this.node = node;
    this.container = container;
    this.cores = cores;
    this.mostNanos = Math.round(cores * ServiceTraffic.INTERVAL_NANOS);
    this.workers = (int) Math.max(1, Math.min(MOST_WORKERS, Math.ceil(cores - 1e-9)));
  }

  /**
   * A pod. It can do what its first container's CPU limit allows, or, without one, its node.
   *
   * @param nodeCores what its node offers to pods
   */
  static Backend of(Pod pod, double nodeCores) {
    Container first = pod.spec().containers().getFirst();
    ResourceRequirements resources = first.resources();
    Quantity limit = resources == null ? null : resources.limits().get("cpu");
    double cores = limit == null ? nodeCores : limit.milliValue() / 1000.0;
    return new Backend(pod.name(), pod.nodeName(), first.name(), Math.max(0.001, cores));
  }

  /** Whether a pod's first container runs. */
  static boolean runs(Pod pod) {
    if (pod.status().phase() != PodPhase.RUNNING) {
      return false;
    }
    String first = pod.spec().containers().getFirst().name();
    for (ContainerStatus status : pod.status().containerStatuses()) {
      if (status.name().equals(first)) {
        return status.state() != null && status.state().running() != null;
      }
    }
    return false;
  }

  /** For which part of a span of time it did not answer, from 0 to 1. */
  double gone(long fromNanos, long toNanos) {
    return alive
        ? 0
        : (double) (toNanos - Math.max(fromNanos, Math.min(toNanos, endedNanos)))
            / (toNanos - fromNanos);
  }

  /** How fast one of its workers is: as a core, or slower. */
  double speed() {
    return Math.min(1, cores / workers);
  }

  /** Lets time pass with the load that there is. */
  void step(QueueTable table, long nowNanos) {
    level = table.after(waitNanos, load, (double) (nowNanos - steppedAtNanos));
    waitNanos = table.waitNanos(level);
    steppedAtNanos = nowNanos;
  }

  /** It ends: what waits is lost. */
  void end(long nowNanos) {
    alive = false;
    endedNanos = nowNanos;
    waitNanos = 0;
    level = 0;
  }

  /**
   * Notes CPU time, which is no more than there is.
   *
   * @param interval in which it was used
   * @param nanos of CPU time
   */
  void use(long interval, long nanos) {
    if (interval > lastInterval) {
      if (interval - lastInterval >= KEPT) {
        Arrays.fill(usedNanos, 0);
      } else {
        for (long i = lastInterval + 1; i <= interval; i++) {
          usedNanos[(int) i & (KEPT - 1)] = 0;
        }
      }
      lastInterval = interval;
    }
    int place = (int) interval & (KEPT - 1);
    usedNanos[place] = Math.min(mostNanos, usedNanos[place] + nanos);
  }

  /** Has the requests that it answers counted from now on. */
  void countAnswered() {
    answered = new RecentCounts();
  }

  /** Notes requests that it answered in an interval. */
  void answer(long interval, double count) {
    if (answered != null) {
      answered.add(interval, count);
    }
  }

  /** How many requests it answered in some intervals before one; 0 where nobody counted. */
  double answeredBefore(long interval, int intervals) {
    return answered == null ? 0 : answered.before(interval, intervals);
  }

  /** The CPU time that it used in an interval; 0 where that is too long ago. */
  long usedIn(long interval) {
    return interval >= 0 && interval <= lastInterval && interval > lastInterval - KEPT
        ? usedNanos[(int) interval & (KEPT - 1)]
        : 0;
  }
}
