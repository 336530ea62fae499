package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import org.jspecify.annotations.Nullable;

/** What plugins may have the scheduler do (kube-scheduler: framework.Handle). */
public interface Handle {
  /** Of a scheduler in which no pod ever waits. */
  Handle NONE =
      new Handle() {
        @Override
        public @Nullable WaitingPod waitingPod(ObjectKey pod) {
          return null;
        }

        @Override
        public ImmutableList<WaitingPod> waitingPods() {
          return ImmutableList.of();
        }

        @Override
        public void activate(ObjectKey pod) {
          // None waits.
        }

        @Override
        public boolean isPreempting(Pod pod) {
          return false;
        }
      };

  /** A pod that waits for a Permit plugin's word, null where it does not. */
  @Nullable WaitingPod waitingPod(ObjectKey pod);

  /** All pods that wait for a Permit plugin's word, those that have waited longest first. */
  ImmutableList<WaitingPod> waitingPods();

  /** Has a pod that was turned down or backs off tried as soon as possible. */
  void activate(ObjectKey pod);

  /** Whether not all pods that have to leave a node for a pod were asked to go yet. */
  boolean isPreempting(Pod pod);
}
