package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes conditions into the statuses of pods (podutil.UpdatePodCondition). */
public final class PodConditions {
  /** The condition that tells who is about to end a pod, and why (KEP-3329). */
  public static final String DISRUPTION_TARGET = "DisruptionTarget";

  private PodConditions() {}

  /** The condition of a type, null where there is none. */
  public static @Nullable PodCondition find(PodStatus status, String type) {
    ImmutableList<PodCondition> conditions = status.conditions();
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).type().equals(type)) {
        return conditions.get(i);
      }
    }
    return null;
  }

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
    PodCondition before = find(status, type);
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
    PodCondition condition =
        new PodCondition(type, value, Timestamps.NONE, since, reason, message, Fields.NONE);
    ImmutableList.Builder<PodCondition> conditions = ImmutableList.builder();
    for (PodCondition other : status.conditions()) {
      conditions.add(other.type().equals(type) ? condition : other);
    }
    if (before == null) {
      conditions.add(condition);
    }
    return PodStatusBuilder.builder(status).conditions(conditions.build()).build();
  }
}
