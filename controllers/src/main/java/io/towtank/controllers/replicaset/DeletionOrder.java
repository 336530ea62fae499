package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.Restarts;
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
      Candidate candidate = new Candidate(pod, related, nowNanos);
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

  /** A pod with what the order asks about first; the rest is looked up where it comes to that. */
  private static final class Candidate implements Comparable<Candidate> {
    private final Pod pod;
    private final long nowNanos;
    // Assigned, phase and readiness, the first three criteria.
    private final int state;
    private final int cost;
    private final int related;
    private final long readyNanos;

    Candidate(Pod pod, ToIntFunction<@Nullable String> related, long nowNanos) {
      PodCondition ready = Pods.ready(pod);
      ImmutableMap<String, String> annotations = pod.metadata().annotations();
      this.pod = pod;
      this.nowNanos = nowNanos;
      this.state =
          (pod.nodeName() == null ? 0 : 8)
              + switch (pod.status().phase()) {
                case PENDING -> 0;
                case UNKNOWN -> 2;
                default -> 4;
              }
              + (ready == null ? 0 : 1);
      this.cost = annotations.isEmpty() ? 0 : deletionCost(annotations.get(DELETION_COST));
      this.related = related.applyAsInt(pod.nodeName());
      this.readyNanos = ready == null ? Timestamps.NONE : ready.lastTransitionTime();
    }

    @Override
    public int compareTo(Candidate other) {
      if (state != other.state) {
        return state - other.state;
      }
      if (cost != other.cost) {
        return Integer.compare(cost, other.cost);
      }
      if (related != other.related) {
        return other.related - related;
      }
      if (readyNanos != other.readyNanos) {
        return compareTimes(readyNanos, other.readyNanos, other);
      }
      int restarts = Restarts.most(other.pod) - Restarts.most(pod);
      if (restarts != 0) {
        return restarts;
      }
      int sidecarRestarts = Restarts.mostOfSidecars(other.pod) - Restarts.mostOfSidecars(pod);
      if (sidecarRestarts != 0) {
        return sidecarRestarts;
      }
      long created = pod.metadata().creationTimestamp();
      long otherCreated = other.pod.metadata().creationTimestamp();
      return created == otherCreated ? 0 : compareTimes(created, otherCreated, other);
    }

    private int compareTimes(long mine, long its, Candidate other) {
      if (mine == Timestamps.NONE || its == Timestamps.NONE) {
        return mine == Timestamps.NONE ? -1 : 1;
      }
      int ages = logarithmicAge(mine, nowNanos) - logarithmicAge(its, nowNanos);
      return ages != 0 ? ages : uid(pod).compareTo(uid(other.pod));
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
    double age = (double) (nowNanos - sinceNanos);
    int exponent = Math.getExponent(age);
    double fraction = Math.scalb(age, -exponent);
    // As Go's math.Log2 does it: a hair below a power of two already counts as the power.
    return fraction < 1.99999
        ? exponent
        : (int) (Math.log(fraction / 2) * (1 / Math.log(2)) + (exponent + 1));
  }
}
