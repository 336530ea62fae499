package io.towtank.scheduler.framework;

import io.towtank.api.Pod;

/** Keeps pods out of the active queue (kube-scheduler: PreEnqueue). */
public interface PreEnqueuePlugin extends Plugin {
  /** Success where the pod may be tried. */
  Status preEnqueue(Pod pod);
}
