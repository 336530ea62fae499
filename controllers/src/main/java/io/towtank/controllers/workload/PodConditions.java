package io.towtank.controllers.workload;

import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes conditions into the statuses of pods (podutil.UpdatePodCondition). */
public final class PodConditions {
  /** The condition that tells who is about to end a pod, and why (KEP-3329). */
  public static final String DISRUPTION_TARGET = "DisruptionTarget";

  private PodConditions() {}

  /**
   * A status with a condition; the same status where it has it so.
   *
   * @param nowNanos the time, in nanoseconds since 1970; it is kept where the condition changes
   */
  public static PodStatus with(
      PodStatus status,
      String type,
      ConditionStatus value,
      @Nullable String reason,
      @Nullable String message,
      long nowNanos) {
    PodCondition before = status.condition(type);
    if (before != null
        && before.status() == value
        && Objects.equals(before.reason(), reason)
        && Objects.equals(before.message(), message)) {
      return status;
    }
    long since =
        before != null && before.status() == value
            ? before.lastTransitionTime()
            : Timestamps.toSecond(nowNanos);
    return status.withCondition(
        new PodCondition(type, value, Timestamps.NONE, since, reason, message, Fields.NONE));
  }
}
