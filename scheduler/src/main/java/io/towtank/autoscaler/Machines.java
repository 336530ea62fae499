package io.towtank.autoscaler;

import io.towtank.api.Node;

/** What a cloud is made of: who really makes nodes and takes them away. */
public interface Machines {
  /** A node as the next one of a group will be, under a name that no node has. */
  Node template(NodeGroup group);

  /** Sets the name of the group's next machine aside. */
  String reserve(NodeGroup group);

  /** A machine is up: its node joins the cluster. */
  void start(NodeGroup group, String name);

  /** A machine is gone: what ran on it ends, and its Node is deleted. */
  void stop(String name);
}
