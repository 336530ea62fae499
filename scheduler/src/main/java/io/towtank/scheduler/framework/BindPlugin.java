package io.towtank.scheduler.framework;

import io.towtank.api.Pod;
import java.util.function.Consumer;

/** Binds a pod to a node (kube-scheduler: Bind). The first that does not skip has done it. */
public interface BindPlugin extends Plugin {
  /** Calls {@code done} exactly once, at once or later in virtual time. */
  void bind(Pod pod, String nodeName, Consumer<Status> done);
}
