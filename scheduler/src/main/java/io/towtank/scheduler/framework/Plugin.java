package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/** What all plugins are. Each also implements one or more of the extension points. */
public interface Plugin {
  /** The name by which configuration files know it. */
  String name();

  /**
   * What could let a pod pass that this plugin turned down (kube-scheduler: EventsToRegister). A
   * plugin that registers nothing is believed to be helped by any event.
   */
  default ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(ClusterEventWithHint.ANY);
  }

  /** Whether answers about a node depend on more than pod and node, so that none is remembered. */
  default boolean isVolatile() {
    return false;
  }

  /**
   * Whether of a node only resources, numbers of pods, taints and whether it is cordoned matter:
   * nodes that are equal in these, be there ever so many, are asked about once.
   */
  default boolean looksAtNodeKindOnly() {
    return false;
  }

  /**
   * The labels of a node that alone matter for such pods; null where anything else may, such as the
   * pods that a node has. Nodes that are equal in these are asked about once.
   */
  default @Nullable ImmutableSet<String> looksAtLabelsOnly(PodInfo pod) {
    return null;
  }

  /**
   * Changes when what the plugin worked out of such pods ({@code preFilter}, {@code preScore}) no
   * longer holds, because it looked at more than the pod.
   */
  default long generation(PodInfo pod) {
    return 0;
  }
}
