package io.towtank.scheduler.framework;

import io.towtank.api.Pod;

/**
 * Lets a binding go on, calls it off, or has it wait (kube-scheduler: Permit). A pod that waits
 * keeps its place on the node until all plugins that had it wait allow it, one rejects it ({@link
 * Handle#waitingPod}), or time is up.
 */
public interface PermitPlugin extends Plugin {
  /**
   * An answer.
   *
   * @param status success, a rejection or an error; of code {@link Code#WAIT} to have the pod wait
   * @param timeoutNanos how long at most; never more than 15 minutes
   */
  record Permission(Status status, long timeoutNanos) {
    /** The binding may go on. */
    public static final Permission GRANTED = new Permission(Status.SUCCESS, 0);

    /** The pod has to wait for another word. */
    public static Permission waitFor(long timeoutNanos) {
      return new Permission(Status.WAIT, timeoutNanos);
    }

    /** The binding is called off. */
    public static Permission refused(Status status) {
      return new Permission(status, 0);
    }
  }

  /** Asks for a pod that is reserved on a node. */
  Permission permit(Pod pod, String nodeName);
}
