package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.HorizontalPodAutoscalerStatus;
import io.towtank.api.HorizontalPodAutoscalerStatusBuilder;
import io.towtank.api.MetricStatus;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of an autoscaler while a sync is under way. */
final class StatusUpdate {
  private static final HorizontalPodAutoscalerStatus NONE =
      HorizontalPodAutoscalerStatusBuilder.builder().lastScaleTime(Timestamps.NONE).build();

  private final HorizontalPodAutoscalerStatus original;
  private final List<Condition> conditions;
  private final long nowNanos;
  private int currentReplicas;
  private int desiredReplicas;
  private ImmutableList<MetricStatus> metrics;
  private long lastScaleTime;

  /**
   * @param nowNanos the time, in nanoseconds since 1970
   */
  StatusUpdate(HorizontalPodAutoscaler autoscaler, long nowNanos) {
    HorizontalPodAutoscalerStatus status = autoscaler.status();
    this.original = status == null ? NONE : status;
    this.conditions = new ArrayList<>(original.conditions());
    this.nowNanos = nowNanos;
    this.currentReplicas = original.currentReplicas();
    this.desiredReplicas = original.desiredReplicas();
    this.metrics = original.currentMetrics();
    this.lastScaleTime = original.lastScaleTime();
  }

  void condition(String type, boolean status, String reason, String message) {
    ConditionStatus value = status ? ConditionStatus.TRUE : ConditionStatus.FALSE;
    for (int i = 0; i < conditions.size(); i++) {
      Condition before = conditions.get(i);
      if (before.type().equals(type)) {
        if (!isSame(before, value, reason, message)) {
          long since =
              before.status() == value
                  ? before.lastTransitionTime()
                  : Timestamps.toSecond(nowNanos);
          conditions.set(i, new Condition(type, value, since, reason, message, Fields.NONE));
        }
        return;
      }
    }
    conditions.add(
        new Condition(type, value, Timestamps.toSecond(nowNanos), reason, message, Fields.NONE));
  }

  private static boolean isSame(
      Condition before, ConditionStatus status, String reason, String message) {
    return before.status() == status
        && reason.equals(before.reason())
        && message.equals(before.message())
        && before.rest().isEmpty();
  }

  void condition(String type, Normalization.Why why) {
    condition(type, why.status(), why.reason(), why.message());
  }

  /** The condition of a type as it is now, null where there is none. */
  @Nullable Condition condition(String type) {
    for (Condition condition : conditions) {
      if (condition.type().equals(type)) {
        return condition;
      }
    }
    return null;
  }

  void replicas(int current, int desired) {
    currentReplicas = current;
    desiredReplicas = desired;
  }

  /** The replicas that there are; what was wanted last stays. */
  void replicas(int current) {
    currentReplicas = current;
  }

  void metrics(ImmutableList<MetricStatus> metrics) {
    this.metrics = metrics;
  }

  void scaled() {
    lastScaleTime = Timestamps.toSecond(nowNanos);
  }

  /** The status to be written, null where the one that is there will do. */
  @Nullable HorizontalPodAutoscalerStatus toWrite() {
    HorizontalPodAutoscalerStatus status =
        HorizontalPodAutoscalerStatusBuilder.builder()
            .lastScaleTime(lastScaleTime)
            .currentReplicas(currentReplicas)
            .desiredReplicas(desiredReplicas)
            .currentMetrics(metrics)
            .conditions(ImmutableList.copyOf(conditions))
            .build();
    return status.equals(original) ? null : status;
  }
}
