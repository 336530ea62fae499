package io.towtank.autoscaler;

import io.towtank.api.Node;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes are ready, and whether so few are not that it makes sense to act (cluster-autoscaler:
 * clusterstate.ClusterStateRegistry).
 */
final class Readiness {
  // max-node-startup-time
  private static final long STARTUP_NANOS = 15 * 60_000_000_000L;

  /**
   * How many nodes there are.
   *
   * @param notStarted are not ready and not old enough to be called unready
   * @param beingDeleted are on their way out
   * @param unregistered were asked for and have not joined
   */
  record Counts(int ready, int unready, int notStarted, int beingDeleted, int unregistered) {
    int registered() {
      return ready + unready + notStarted + beingDeleted;
    }
  }

  private final ClusterAutoscalerOptions options;
  private final Set<String> everReady = new HashSet<>();
  private final Map<String, Long> notReadySince = new LinkedHashMap<>();
  private final Set<String> ready = new LinkedHashSet<>();

  Readiness(ClusterAutoscalerOptions options) {
    this.options = options;
  }

  /** A node is there, or has changed. */
  void seen(Node node) {
    if (node.isReady()) {
      everReady.add(node.name());
      ready.add(node.name());
      notReadySince.remove(node.name());
    } else {
      ready.remove(node.name());
      notReadySince.put(node.name(), node.metadata().creationTimestamp());
    }
  }

  /** A node is gone. */
  void gone(String node) {
    everReady.remove(node);
    ready.remove(node);
    notReadySince.remove(node);
  }

  /** Whether a node has ever been ready. */
  boolean wasReady(String node) {
    return everReady.contains(node);
  }

  /**
   * Whether a node has been ready, or has had the time to be: until then it is no candidate for
   * being given up.
   */
  boolean hasStarted(String node, long epochNanos) {
    Long created = notReadySince.get(node);
    return everReady.contains(node) || (created != null && created + STARTUP_NANOS <= epochNanos);
  }

  /**
   * When the next node that is not ready is old enough to be called unready, in nanoseconds since
   * 1970; Long.MAX_VALUE where there is none.
   */
  long nextUnreadyNanos(long epochNanos) {
    long next = Long.MAX_VALUE;
    for (long created : notReadySince.values()) {
      if (created + STARTUP_NANOS > epochNanos) {
        next = Math.min(next, created + STARTUP_NANOS);
      }
    }
    return next;
  }

  /**
   * All nodes, those of no group included.
   *
   * @param deleting whether a node is on its way out
   * @param epochNanos the time, in nanoseconds since 1970
   */
  Counts all(Predicate<String> deleting, int unregistered, long epochNanos) {
    Counter counter = new Counter(deleting, epochNanos);
    ready.forEach(counter::add);
    notReadySince.keySet().forEach(counter::add);
    return counter.counts(unregistered);
  }

  /** Those of a group, machines that have not joined included. */
  Counts of(Iterable<CloudProvider.Machine> machines, Predicate<String> deleting, long epochNanos) {
    Counter counter = new Counter(deleting, epochNanos);
    int unregistered = 0;
    for (CloudProvider.Machine machine : machines) {
      if (ready.contains(machine.name()) || notReadySince.containsKey(machine.name())) {
        counter.add(machine.name());
      } else {
        unregistered++;
      }
    }
    return counter.counts(unregistered);
  }

  /** Counts nodes that are there. */
  private final class Counter {
    private final Predicate<String> deleting;
    private final long epochNanos;
    private int isReady;
    private int unready;
    private int notStarted;
    private int beingDeleted;

    Counter(Predicate<String> deleting, long epochNanos) {
      this.deleting = deleting;
      this.epochNanos = epochNanos;
    }

    void add(String node) {
      Long created = notReadySince.get(node);
      if (deleting.test(node)) {
        beingDeleted++;
      } else if (created == null) {
        isReady++;
      } else if (created + STARTUP_NANOS > epochNanos) {
        notStarted++;
      } else {
        unready++;
      }
    }

    Counts counts(int unregistered) {
      return new Counts(isReady, unready, notStarted, beingDeleted, unregistered);
    }
  }

  /** Whether to act at all (IsClusterHealthy). */
  boolean isHealthy(Counts all) {
    return isTolerable(all.unready(), all.registered());
  }

  /**
   * Whether a group may grow (IsNodeGroupHealthy): nodes that are about to come do not count, nor
   * do those that are on their way out, which are as they should be.
   */
  boolean isHealthy(Counts group, int targetSize) {
    int missing =
        targetSize
            - group.unregistered()
            - group.notStarted()
            - group.ready()
            - group.beingDeleted();
    return isTolerable(Math.max(0, missing), group.registered());
  }

  private boolean isTolerable(int missing, int nodes) {
    return missing <= options.okTotalUnreadyCount()
        || missing <= options.maxTotalUnreadyPercentage() / 100 * nodes;
  }
}
