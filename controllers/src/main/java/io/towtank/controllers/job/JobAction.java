package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;

/** What one sync of a Job does to its pods, before anything is written into its status. */
public sealed interface JobAction {
  /** Nothing. */
  record None() implements JobAction {}

  /** Ends the pods of a Job that is over; their finalizers stay until they are counted. */
  record EndPods(ImmutableList<Pod> pods) implements JobAction {}

  /** Takes pods away that are too many; they are not counted. */
  record RemovePods(ImmutableList<Pod> pods) implements JobAction {}

  /** Creates pods, for those indexes where the Job has any. */
  record CreatePods(ImmutableList<NewPod> pods) implements JobAction {}

  /**
   * A pod to be created.
   *
   * @param index for which it runs, -1 for none
   * @param failures what its annotation says of pods of its index that failed, -1 for nothing
   * @param ignoredFailures and of those that were ignored
   */
  record NewPod(int index, int failures, int ignoredFailures) {}
}
