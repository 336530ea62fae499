package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin makes of a pod before it sees any node (kube-scheduler: PreFilter).
 *
 * @param <D> what the plugin's filter wants to know of the pod
 */
public sealed interface PreFilterResult<D> {
  /** The plugin has nothing to check for this pod: its filter is not asked. */
  record Skip<D>() implements PreFilterResult<D> {}

  /**
   * What the filter is to check.
   *
   * @param nodeNames the only nodes that come into question, null for all
   */
  record Demand<D>(D demand, @Nullable ImmutableSet<String> nodeNames)
      implements PreFilterResult<D> {}

  /** The pod fits no node at all. */
  record Rejected<D>(Status status) implements PreFilterResult<D> {}

  /** Nothing to check. */
  static <D> PreFilterResult<D> skip() {
    return new Skip<>();
  }

  /** Checks every node. */
  static <D> PreFilterResult<D> demand(D demand) {
    return new Demand<>(demand, null);
  }

  /** Turns the pod down. */
  static <D> PreFilterResult<D> rejected(Status status) {
    return new Rejected<>(status);
  }
}
