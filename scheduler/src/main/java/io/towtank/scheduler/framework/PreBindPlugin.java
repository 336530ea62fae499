package io.towtank.scheduler.framework;

import io.towtank.api.Pod;
import java.util.function.Consumer;

/** Prepares what has to be there before a pod is bound (kube-scheduler: PreBind). */
public interface PreBindPlugin extends Plugin {
  /** Calls {@code done} exactly once, at once or later in virtual time. */
  void preBind(Pod pod, String nodeName, Consumer<Status> done);
}
