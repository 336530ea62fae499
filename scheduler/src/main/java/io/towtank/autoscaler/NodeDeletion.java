package io.towtank.autoscaler;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.autoscaler.ScaleDownPlanner.Unneeded;
import io.towtank.component.ComponentContext;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node on its way out: tainted, then drained, then gone (cluster-autoscaler:
 * core/scaledown/actuation).
 */
final class NodeDeletion {
  private static final String NAME = ClusterAutoscaler.NAME;
  private static final long SECOND = 1_000_000_000L;
  // node-delete-delay-after-taint
  private static final long DELAY_AFTER_TAINT_NANOS = 5 * SECOND;
  // actuation/drain.go: EvictionRetryTime, PodEvictionHeadroom
  private static final long RETRY_NANOS = 10 * SECOND;
  private static final long HEADROOM_NANOS = 30 * SECOND;

  private final ComponentContext context;
  private final Simulation simulation;
  private final ClusterAutoscalerOptions options;
  private final ClusterSnapshot snapshot;
  private final Unneeded node;
  private final ImmutableSet<ObjectKey> moving;
  private final Consumer<@Nullable String> ended;
  private long drainingSinceNanos;
  private long timeout;
  private int unevicted;
  private boolean draining;
  private boolean over;

  /**
   * @param ended told when it is over: null where the node can go, else why it cannot
   */
  NodeDeletion(
      ComponentContext context,
      ClusterAutoscalerOptions options,
      ClusterSnapshot snapshot,
      Unneeded node,
      Consumer<@Nullable String> ended) {
    this.context = context;
    this.simulation = context.simulation();
    this.options = options;
    this.snapshot = snapshot;
    this.node = node;
    this.moving = node.moving().stream().map(ObjectKey::of).collect(ImmutableSet.toImmutableSet());
    this.ended = ended;
  }

  Unneeded node() {
    return node;
  }

  void start() {
    long now = simulation.epochNanos();
    context
        .client()
        .patch(
            Kinds.NODE,
            ObjectKey.of(node.node()),
            stored -> AutoscalerTaints.with(stored, AutoscalerTaints.TO_BE_DELETED, now),
            (stored, error) -> {
              if (error != null) {
                end("couldn't taint the node: " + error.getMessage());
                return;
              }
              context
                  .recorder()
                  .event(
                      node.node(),
                      NAME,
                      "Normal",
                      "ScaleDown",
                      "marked the node as toBeDeleted/unschedulable");
              simulation.schedule(DELAY_AFTER_TAINT_NANOS, this::drain);
            });
  }

  private void drain() {
    if (over) {
      return;
    }
    if (node.isEmpty()) {
      end(remaining() == 0 ? null : "failed to delete empty node, new pods scheduled");
      return;
    }
    draining = true;
    drainingSinceNanos = simulation.nanos();
    unevicted = node.moving().size();
    node.moving().forEach(this::evict);
  }

  private void evict(Pod pod) {
    if (over) {
      return;
    }
    Long own = pod.spec().terminationGracePeriodSeconds();
    long grace = Math.min(own == null ? 30 : own, options.maxGracefulTerminationSeconds());
    context
        .client()
        .evict(
            pod,
            new DeleteOptions(grace, DeleteOptions.Propagation.BACKGROUND, pod.metadata().uid()),
            (evicted, error) -> {
              if (error == null
                  || error.reason() == ApiException.Reason.NOT_FOUND
                  || error.reason() == ApiException.Reason.CONFLICT) {
                evicted(pod, error == null);
              } else if (simulation.nanos() + RETRY_NANOS - drainingSinceNanos
                  < options.maxPodEvictionNanos()) {
                simulation.schedule(RETRY_NANOS, () -> evict(pod));
              } else {
                context
                    .recorder()
                    .event(
                        pod,
                        NAME,
                        "Warning",
                        "ScaleDownFailed",
                        "failed to delete pod for ScaleDown");
                end("failed to evict pod " + ObjectKey.of(pod) + ": " + error.getMessage());
              }
            });
  }

  private void evicted(Pod pod, boolean told) {
    if (over) {
      return;
    }
    if (told) {
      context
          .recorder()
          .event(pod, NAME, "Normal", "ScaleDown", "deleting pod for node scale down");
    }
    if (--unevicted == 0) {
      long most = options.maxGracefulTerminationSeconds() * SECOND + HEADROOM_NANOS;
      timeout =
          simulation.schedule(most, () -> end("pods remaining after timeout: " + remaining()));
    }
    podGone();
  }

  /** A pod of the node is gone. */
  void podGone() {
    if (draining && !over && unevicted == 0 && remaining() == 0) {
      end(null);
    }
  }

  /**
   * The pods that are still on the node: of an empty one those that would not just end with it, of
   * another one those that were to move.
   */
  private int remaining() {
    int row = snapshot.row(node.node().name());
    List<Pod> pods = row < 0 ? List.of() : snapshot.pods(row);
    int remaining = 0;
    for (Pod pod : pods) {
      boolean stays =
          draining
              ? moving.contains(ObjectKey.of(pod))
              : !DrainRules.isDaemon(pod)
                  && !DrainRules.isMirror(pod)
                  && !DrainRules.isLongTerminating(pod, simulation.epochNanos());
      remaining += stays ? 1 : 0;
    }
    return remaining;
  }

  /** The node is gone already: nothing more is to be done. */
  void abandon() {
    over = true;
    if (timeout != 0) {
      simulation.cancel(timeout);
    }
  }

  private void end(@Nullable String problem) {
    if (!over) {
      abandon();
      ended.accept(problem);
    }
  }
}
