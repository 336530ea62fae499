package io.towtank.controllers.podautoscaler;

import io.towtank.api.HPAScalingPolicy;
import io.towtank.api.HPAScalingRules;
import java.util.ArrayList;
import java.util.List;

/**
 * What was recommended for a workload and done to it of late. Entries that are too old are written
 * over, as upstream does, so that it stays short.
 */
public final class ScalingHistory {
  private static final long SECOND = 1_000_000_000L;

  /** A recommendation, before anything limited it; at a time in nanoseconds. */
  record Recommendation(int replicas, long nanos) {}

  /** By how many replicas the workload was changed; at a time in nanoseconds. */
  private record Change(int replicas, long nanos) {}

  private final List<Recommendation> recommendations = new ArrayList<>();
  private final List<Change> scaledUp = new ArrayList<>();
  private final List<Change> scaledDown = new ArrayList<>();

  /** A recommendation was made; times are of any one clock, in nanoseconds. */
  public void recommended(int replicas, long nanos) {
    recommendations.add(new Recommendation(replicas, nanos));
  }

  /** Replicas were added. */
  public void scaledUp(int by, long nanos) {
    scaledUp.add(new Change(by, nanos));
  }

  /** Replicas were removed. */
  public void scaledDown(int by, long nanos) {
    scaledDown.add(new Change(by, nanos));
  }

  boolean isEmpty() {
    return recommendations.isEmpty();
  }

  List<Recommendation> recommendations() {
    return recommendations;
  }

  /** Keeps a recommendation, in the place of the last that is older than a time. */
  void recommend(int replicas, long nowNanos, long olderThanNanos) {
    Recommendation recommendation = new Recommendation(replicas, nowNanos);
    for (int i = recommendations.size() - 1; i >= 0; i--) {
      if (recommendations.get(i).nanos() < olderThanNanos) {
        recommendations.set(i, recommendation);
        return;
      }
    }
    recommendations.add(recommendation);
  }

  /** Keeps a change, in the place of one that no policy looks back to (storeScaleEvent). */
  void scaled(int before, int after, HPAScalingRules rules, long nowNanos) {
    List<Change> changes = after > before ? scaledUp : scaledDown;
    int longest = 0;
    for (HPAScalingPolicy policy : rules.policies()) {
      longest = Math.max(longest, policy.periodSeconds());
    }
    Change change = new Change(Math.abs(after - before), nowNanos);
    for (int i = changes.size() - 1; i >= 0; i--) {
      if (changes.get(i).nanos() < nowNanos - longest * SECOND) {
        changes.set(i, change);
        return;
      }
    }
    changes.add(change);
  }

  /** How many replicas were added, less those that were removed, within the last seconds. */
  int changedWithin(int seconds, long nowNanos) {
    return sum(scaledUp, seconds, nowNanos) - sum(scaledDown, seconds, nowNanos);
  }

  private static int sum(List<Change> changes, int seconds, long nowNanos) {
    int sum = 0;
    for (Change change : changes) {
      if (change.nanos() > nowNanos - seconds * SECOND) {
        sum += change.replicas();
      }
    }
    return sum;
  }
}
