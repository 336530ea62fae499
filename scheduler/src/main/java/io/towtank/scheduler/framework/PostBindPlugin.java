package io.towtank.scheduler.framework;

import io.towtank.api.Pod;

/** Is told that a pod was bound (kube-scheduler: PostBind). */
public interface PostBindPlugin extends Plugin {
  /** The pod is bound. */
  void postBind(Pod pod, String nodeName);
}
