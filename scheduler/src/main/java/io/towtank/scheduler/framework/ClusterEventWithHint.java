package io.towtank.scheduler.framework;

import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import org.jspecify.annotations.Nullable;

/** An event that may help, and a closer look at whether it does (kube-scheduler: QueueingHint). */
public record ClusterEventWithHint(ClusterEvent event, Hint hint) {
  /** Looks at the object of an event for the sake of a pod that was turned down. */
  @FunctionalInterface
  public interface Hint {
    /**
     * Whether the pod should be tried again.
     *
     * @param previous the object before, null where it is new
     * @param current the object now, null where it was deleted
     */
    boolean worthTrying(Pod pod, @Nullable KubeObject previous, @Nullable KubeObject current);
  }

  /** Every event helps. */
  public static final ClusterEventWithHint ANY = of(ClusterEvent.Resource.ANY, ClusterEvent.ALL);

  /** The event helps whatever the object looks like. */
  public static ClusterEventWithHint of(ClusterEvent.Resource resource, int actions) {
    return new ClusterEventWithHint(
        new ClusterEvent(resource, actions), (pod, previous, current) -> true);
  }

  /** The event helps where the hint says so. */
  public static ClusterEventWithHint of(ClusterEvent.Resource resource, int actions, Hint hint) {
    return new ClusterEventWithHint(new ClusterEvent(resource, actions), hint);
  }
}
