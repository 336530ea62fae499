package io.towtank.component;

/** A part of the control plane or of a node: a controller, the scheduler, the kubelets. */
public interface Component {
  /** As people call it: {@code replicaset-controller}. */
  String name();

  /** Starts its informers and begins to work. */
  void start();
}
