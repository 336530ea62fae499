package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;

/** Where requests come from: which nodes' rules they meet first. */
public sealed interface TrafficSource {
  /** From all nodes of the cluster alike. */
  record Nodes() implements TrafficSource {}

  /** From the nodes of a zone alike. */
  record Zone(String zone) implements TrafficSource {}

  /** From one node. */
  record Node(String node) implements TrafficSource {}

  /**
   * From the ready pods of a namespace that have some labels, alike.
   *
   * @param labels that say which; VirtualServices go by all that these pods have in common ({@code
   *     sourceLabels})
   */
  record Pods(String namespace, ImmutableMap<String, String> labels) implements TrafficSource {}

  /**
   * From outside of the cluster: through a load balancer or node ports on all nodes alike, or
   * through an ingress controller.
   */
  record Outside() implements TrafficSource {}

  /** From all nodes. */
  TrafficSource EVERYWHERE = new Nodes();
}
