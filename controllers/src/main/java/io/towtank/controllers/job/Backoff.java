package io.towtank.controllers.job;

import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import java.util.List;

/**
 * How long to wait before pods of a Job are created anew: 10 s after a failure, doubling with every
 * further one up to 10 min, until a pod succeeds (pkg/controller/job: backoff_utils.go).
 *
 * @param failures since the last success
 * @param lastFailureNanos when the last pod failed, nanoseconds since 1970; {@link Timestamps#NONE}
 *     where none did
 */
record Backoff(int failures, long lastFailureNanos) {
  /** No failure. */
  static final Backoff NONE = new Backoff(0, Timestamps.NONE);

  // pkg/controller/job: DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff
  private static final long FIRST_NANOS = 10_000_000_000L;
  private static final long LONGEST_NANOS = 600_000_000_000L;

  /** Once some more pods have ended. */
  Backoff after(List<Pod> succeeded, List<Pod> failed) {
    if (succeeded.isEmpty()) {
      if (failed.isEmpty()) {
        return this;
      }
      return new Backoff(failures + failed.size(), last(failed));
    }
    long lastSuccess = last(succeeded);
    int later = 0;
    for (Pod pod : failed) {
      if (JobPods.finishedNanos(pod) > lastSuccess) {
        later++;
      }
    }
    return later == 0 ? NONE : new Backoff(later, last(failed));
  }

  private static long last(List<Pod> pods) {
    long last = Timestamps.NONE;
    for (Pod pod : pods) {
      last = Math.max(last, JobPods.finishedNanos(pod));
    }
    return last;
  }

  /** How long to wait from now on, in nanoseconds; 0 where the time is over. */
  long remainingNanos(long nowNanos) {
    if (failures == 0) {
      return 0;
    }
    long wait = FIRST_NANOS;
    for (int i = 1; i < failures && wait < LONGEST_NANOS; i++) {
      wait = Math.min(LONGEST_NANOS, 2 * wait);
    }
    return Math.max(0, wait - (nowNanos - lastFailureNanos));
  }
}
