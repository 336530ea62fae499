package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import java.util.Locale;

/**
 * How one version of a Deployment, StatefulSet or DaemonSet was rolled out, from the change of its
 * pod template (or its creation) on, as {@code kubectl rollout status} follows it.
 *
 * @param kind {@code Deployment}, {@code StatefulSet} or {@code DaemonSet}
 * @param revision as {@code kubectl rollout history} counts; empty where the controller never gave
 *     it one
 * @param update false where the workload was created with this version
 * @param beganNanos virtual nanoseconds since the start of the run
 * @param endedNanos when its outcome was clear, be it by its deadline; where it still goes on, the
 *     end of the run
 * @param deadlineExceeded whether it took longer than spec.progressDeadlineSeconds without
 *     progress, even where it came to its end later
 * @param pods how many pods it was to have at the end
 * @param leastAvailable the fewest pods that were available at any time in between, of all versions
 * @param mostPods the most pods that there were at any time, of all versions
 * @param steps how it went on; at most {@value RolloutSteps#ROOM}, later ones closer together where
 *     there were more
 */
public record Rollout(
    String kind,
    String namespace,
    String name,
    String revision,
    boolean update,
    long beganNanos,
    long endedNanos,
    Outcome outcome,
    boolean deadlineExceeded,
    int pods,
    int leastAvailable,
    int mostPods,
    ImmutableList<Step> steps) {

  /** What came of a roll-out. */
  public enum Outcome {
    /** All pods are of the new version and available. */
    COMPLETE("complete"),
    /** Another version came before it was complete: it was cancelled or rolled back. */
    SUPERSEDED("superseded"),
    /** The workload was deleted before it was complete. */
    DELETED("deleted"),
    /** The run ended while spec.paused held it. */
    PAUSED("paused"),
    /** Its deadline passed, and it did not come to its end later. */
    FAILED("failed"),
    /** The run ended before it did. */
    PROGRESSING("progressing");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What the workload's status said from a time on.
   *
   * @param pods of all versions
   * @param updated pods of the new version
   * @param available pods of all versions that are available
   */
  public record Step(long nanos, int pods, int updated, int available) {}

  /** How long it took, in nanoseconds. */
  public long nanos() {
    return endedNanos - beganNanos;
  }

  /** As kubectl names it: {@code deployment/web}, with its namespace where that is not default. */
  public String target() {
    String target = kind.toLowerCase(Locale.ROOT) + "/" + name;
    return namespace.equals("default") ? target : namespace + "/" + target;
  }
}
