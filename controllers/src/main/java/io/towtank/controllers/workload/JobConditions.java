package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.JobCondition;
import io.towtank.api.JobStatus;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Conditions of a Job (pkg/controller/job/util). */
public final class JobConditions {
  /** Its pods are kept from running. */
  public static final String SUSPENDED = "Suspended";

  /** It has succeeded, and its pods are ending. */
  public static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";

  /** It has failed, and its pods are ending. */
  public static final String FAILURE_TARGET = "FailureTarget";

  /** It has succeeded. */
  public static final String COMPLETE = "Complete";

  /** It has failed. */
  public static final String FAILED = "Failed";

  private JobConditions() {}

  /** The condition of a type, null where there is none. */
  public static @Nullable JobCondition find(JobStatus status, String type) {
    for (JobCondition condition : status.conditions()) {
      if (condition.type().equals(type)) {
        return condition;
      }
    }
    return null;
  }

  /** The condition of a type where it is true. */
  public static @Nullable JobCondition findTrue(JobStatus status, String type) {
    JobCondition condition = find(status, type);
    return condition != null && condition.status() == ConditionStatus.TRUE ? condition : null;
  }

  /** The condition with which a Job is over, Complete or Failed; null where it is not. */
  public static @Nullable JobCondition finished(JobStatus status) {
    for (JobCondition condition : status.conditions()) {
      if ((condition.type().equals(COMPLETE) || condition.type().equals(FAILED))
          && condition.status() == ConditionStatus.TRUE) {
        return condition;
      }
    }
    return null;
  }

  /** Whether a Job is over. */
  public static boolean isFinished(JobStatus status) {
    return finished(status) != null;
  }

  /** Whether a Job is over and has succeeded. */
  public static boolean isComplete(JobStatus status) {
    return findTrue(status, COMPLETE) != null;
  }

  /**
   * A new condition.
   *
   * @param nowNanos the time, nanoseconds since 1970
   */
  public static JobCondition of(
      String type, ConditionStatus status, String reason, String message, long nowNanos) {
    long now = Timestamps.toSecond(nowNanos);
    return new JobCondition(type, status, now, now, reason, message, Fields.NONE);
  }

  /** Conditions with one; the same list where it has it so, or it is only to say false. */
  public static ImmutableList<JobCondition> with(
      ImmutableList<JobCondition> conditions, JobCondition condition) {
    ImmutableList.Builder<JobCondition> changed = ImmutableList.builder();
    boolean found = false;
    for (JobCondition other : conditions) {
      if (!found && other.type().equals(condition.type())) {
        found = true;
        if (other.status() == condition.status()
            && Objects.equals(other.reason(), condition.reason())
            && Objects.equals(other.message(), condition.message())) {
          return conditions;
        }
        changed.add(condition);
      } else {
        changed.add(other);
      }
    }
    if (!found) {
      if (condition.status() == ConditionStatus.FALSE) {
        return conditions;
      }
      changed.add(condition);
    }
    return changed.build();
  }
}
