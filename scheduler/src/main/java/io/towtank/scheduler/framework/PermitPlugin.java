package io.towtank.scheduler.framework;

import io.towtank.api.Pod;
import java.util.function.Consumer;

/** Lets a binding go on, calls it off, or has it wait (kube-scheduler: Permit). */
public interface PermitPlugin extends Plugin {
  /**
   * Asks for a pod that is reserved on a node. The plugin calls {@code answer} exactly once: with
   * success or a rejection, at once or, to have the pod wait, later in virtual time. A time-out is
   * the plugin's own.
   */
  void permit(Pod pod, String nodeName, Consumer<Status> answer);
}
