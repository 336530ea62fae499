package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.Pods;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which pods a ReplicaSet gives up first (pkg/controller: ActivePodsWithRanks). The first criterion
 * that tells two pods apart decides:
 *
 * <ol>
 *   <li>those without a node before those with one
 *   <li>Pending before Unknown before Running
 *   <li>not ready before ready
 *   <li>the lower {@code controller.kubernetes.io/pod-deletion-cost} before the higher
 *   <li>those on nodes with more pods of the same owner first, so that the rest stays spread
 *   <li>ready for a short time before ready for long
 *   <li>more restarts before fewer, of containers and then of sidecars
 *   <li>younger before older
 * </ol>
 *
 * <p>Times are compared in powers of two of the age; within one, the uid decides, so that not
 * always the newest goes (KEP-2185).
 */
final class DeletionOrder {
  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  private DeletionOrder() {}

  /**
   * The first so many of some pods.
   *
   * @param related how many active pods of the same owner a node has
   * @param nowNanos the time, in nanoseconds since 1970
   */
  static ImmutableList<Pod> first(
      int count, Collection<Pod> pods, ToIntFunction<@Nullable String> related, long nowNanos) {
    // The last of those chosen so far is on top: of 100,000 pods of which 500 go, most are compared
    // with it and no other. A sort would also have to bear with the order's cycles (times in powers
    // of two against equal times).
    PriorityQueue<Candidate> chosen = new PriorityQueue<>(count, Comparator.reverseOrder());
    for (Pod pod : pods) {
      Candidate candidate = Candidate.of(pod, related, nowNanos);
      if (chosen.size() < count) {
        chosen.add(candidate);
      } else if (candidate.compareTo(chosen.element()) < 0) {
        chosen.remove();
        chosen.add(candidate);
      }
    }
    Pod[] first = new Pod[chosen.size()];
    for (int i = first.length - 1; i >= 0; i--) {
      first[i] = chosen.remove().pod;
    }
    return ImmutableList.copyOf(first);
  }

  /** A pod with all that the order asks about. */
  private record Candidate(
      Pod pod,
      boolean assigned,
      int phase,
      boolean ready,
      int cost,
      int related,
      long readyNanos,
      int readyAge,
      int restarts,
      int sidecarRestarts,
      long createdNanos,
      int age)
      implements Comparable<Candidate> {

    static Candidate of(Pod pod, ToIntFunction<@Nullable String> related, long nowNanos) {
      PodCondition ready = Pods.ready(pod);
      long readyNanos = ready == null ? Timestamps.NONE : ready.lastTransitionTime();
      long createdNanos = pod.metadata().creationTimestamp();
      return new Candidate(
          pod,
          pod.nodeName() != null,
          pod.status().phase() == PodPhase.PENDING
              ? 0
              : pod.status().phase() == PodPhase.UNKNOWN ? 1 : 2,
          ready != null,
          deletionCost(pod.metadata().annotations().get(DELETION_COST)),
          related.applyAsInt(pod.nodeName()),
          readyNanos,
          logarithmicAge(readyNanos, nowNanos),
          maxRestarts(pod.status().containerStatuses(), null),
          maxRestarts(pod.status().initContainerStatuses(), pod.spec().initContainers()),
          createdNanos,
          logarithmicAge(createdNanos, nowNanos));
    }

    @Override
    public int compareTo(Candidate other) {
      if (assigned != other.assigned) {
        return assigned ? 1 : -1;
      }
      if (phase != other.phase) {
        return phase - other.phase;
      }
      if (ready != other.ready) {
        return ready ? 1 : -1;
      }
      if (cost != other.cost) {
        return Integer.compare(cost, other.cost);
      }
      if (related != other.related) {
        return other.related - related;
      }
      if (ready && readyNanos != other.readyNanos) {
        return compareTimes(readyNanos, readyAge, other.readyNanos, other.readyAge, other);
      }
      if (restarts != other.restarts) {
        return other.restarts - restarts;
      }
      if (sidecarRestarts != other.sidecarRestarts) {
        return other.sidecarRestarts - sidecarRestarts;
      }
      return createdNanos == other.createdNanos
          ? 0
          : compareTimes(createdNanos, age, other.createdNanos, other.age, other);
    }

    private int compareTimes(long mine, int myAge, long its, int itsAge, Candidate other) {
      if (mine == Timestamps.NONE || its == Timestamps.NONE) {
        return mine == Timestamps.NONE ? -1 : 1;
      }
      return myAge != itsAge ? myAge - itsAge : uid(pod).compareTo(uid(other.pod));
    }

    private static Uid uid(Pod pod) {
      Uid uid = pod.metadata().uid();
      if (uid == null) {
        throw new IllegalArgumentException("pod " + pod.name() + " has no uid");
      }
      return uid;
    }
  }

  /** What a pod's deletion costs; 0 where it is not said, or not in the form that is asked for. */
  static int deletionCost(@Nullable String text) {
    if (text == null || !text.matches("-.*|0|[1-9].*")) {
      return 0;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The logarithm to base 2 of an age in nanoseconds, cut to a whole number; -1 for none. */
  private static int logarithmicAge(long sinceNanos, long nowNanos) {
    if (sinceNanos == Timestamps.NONE || nowNanos <= sinceNanos) {
      return -1;
    }
    // As Go's math.Log2 does it: a nanosecond below a power of two already counts as the power.
    double age = (double) (nowNanos - sinceNanos);
    int exponent = Math.getExponent(age) + 1;
    double fraction = Math.scalb(age, -exponent);
    return fraction == 0.5
        ? exponent - 1
        : (int) (Math.log(fraction) * (1 / Math.log(2)) + exponent);
  }

  private static int maxRestarts(
      ImmutableList<ContainerStatus> statuses, @Nullable ImmutableList<Container> sidecarsAmong) {
    int most = 0;
    for (ContainerStatus status : statuses) {
      if (sidecarsAmong == null || isSidecar(status.name(), sidecarsAmong)) {
        most = Math.max(most, status.restartCount());
      }
    }
    return most;
  }

  private static boolean isSidecar(String name, ImmutableList<Container> containers) {
    for (Container container : containers) {
      if (container.name().equals(name) && "Always".equals(container.restartPolicy())) {
        return true;
      }
    }
    return false;
  }
}
