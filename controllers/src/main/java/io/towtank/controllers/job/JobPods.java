package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Job;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/** What a Job's controller asks of its pods (pkg/controller/job). */
final class JobPods {
  /** Keeps a pod that has ended until its Job has counted it (KEP-2307). */
  static final String FINALIZER = "batch.kubernetes.io/job-tracking";

  static final String COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index";
  static final String INDEX_FAILURES = "batch.kubernetes.io/job-index-failure-count";
  static final String INDEX_IGNORED_FAILURES =
      "batch.kubernetes.io/job-index-ignored-failure-count";

  /** The completion index of a pod that has none. */
  static final int NO_INDEX = -1;

  private static final long SECOND = 1_000_000_000L;

  private JobPods() {}

  static boolean isTracked(Pod pod) {
    return pod.metadata().finalizers().contains(FINALIZER);
  }

  /** For which index a pod runs; {@link #NO_INDEX} where it does not say. */
  static int index(Pod pod) {
    return number(pod, COMPLETION_INDEX, NO_INDEX);
  }

  /** How many pods of its index failed before it, so that they count. */
  static int indexFailures(Pod pod) {
    return number(pod, INDEX_FAILURES, 0);
  }

  /** How many pods of its index failed before it and were ignored. */
  static int indexIgnoredFailures(Pod pod) {
    return number(pod, INDEX_IGNORED_FAILURES, 0);
  }

  private static int number(Pod pod, String annotation, int otherwise) {
    String text = pod.metadata().annotations().get(annotation);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      return number < 0 ? otherwise : number;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** Whether a pod is replaced only once it has failed, not when its deletion begins (KEP-3939). */
  static boolean replacesFailedOnly(Job job) {
    return "Failed".equals(job.spec().podReplacementPolicy())
        || job.spec().podFailurePolicy() != null;
  }

  /** Whether a pod counts as failed. */
  static boolean isFailed(Job job, Pod pod) {
    return pod.status().phase() == PodPhase.FAILED
        || (!replacesFailedOnly(job)
            && pod.metadata().deletionTimestamp() != Timestamps.NONE
            && pod.status().phase() != PodPhase.SUCCEEDED);
  }

  /** Whether a pod is being deleted and has not ended. */
  static boolean isTerminating(Pod pod) {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE
        && !pod.status().phase().isTerminal();
  }

  /**
   * When a pod ended, nanoseconds since 1970: when its last container did; else when it was no more
   * ready; else when its deletion began; else when it was created.
   */
  static long finishedNanos(Pod pod) {
    long finished = lastContainer(pod.status().containerStatuses());
    if (finished != Timestamps.NONE) {
      return finished;
    }
    PodCondition ready = pod.status().condition("Ready");
    if (ready != null
        && ready.status() == ConditionStatus.FALSE
        && ready.lastTransitionTime() != Timestamps.NONE) {
      return ready.lastTransitionTime();
    }
    long deletion = pod.metadata().deletionTimestamp();
    if (deletion != Timestamps.NONE) {
      Long grace = pod.metadata().deletionGracePeriodSeconds();
      return deletion - (grace == null ? 0 : grace) * SECOND;
    }
    return pod.metadata().creationTimestamp();
  }

  private static long lastContainer(ImmutableList<ContainerStatus> containers) {
    long last = Timestamps.NONE;
    for (ContainerStatus container : containers) {
      ContainerStateTerminated terminated = terminated(container);
      if (terminated == null || terminated.finishedAt() == Timestamps.NONE) {
        return Timestamps.NONE;
      }
      last = Math.max(last, terminated.finishedAt());
    }
    return last;
  }

  static @Nullable ContainerStateTerminated terminated(ContainerStatus container) {
    return container.state() == null ? null : container.state().terminated();
  }
}
