package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Pod;

/** A pod that Permit plugins have wait, on its node (kube-scheduler: WaitingPod). */
public interface WaitingPod {
  /** The pod, with its node. */
  Pod pod();

  /** The plugins that have not allowed it yet. */
  ImmutableSet<String> pendingPlugins();

  /** A plugin lets the pod go on; it does once all have. */
  void allow(String plugin);

  /** A plugin calls the binding off; the message tells users why. */
  void reject(String plugin, String message);
}
