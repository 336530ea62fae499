package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.record.Recorder;
import io.towtank.scheduler.explain.DecisionObserver.Step;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod's way from the node that was chosen for it to its binding (kube-scheduler: schedulingCycle
 * from assume on, bindingCycle). The pod counts on the node all the while.
 *
 * <pre>
 *   Reserve ──▶ Permit ──▶ (waits) ──▶ PreBind ──▶ Bind ──▶ PostBind
 *      │ refused   │ refused    │ refused    └ failed ┘
 *      └───────────┴────────────┴── Unreserve ──┘
 * </pre>
 *
 * A refusal sends the pod back as one that fits nowhere, to wait for what may help the plugin that
 * refused it; anything else as one that is tried again after a backoff.
 */
final class BindingCycle {
  private final ClusterState state;
  private final PodNominator nominator;
  private final SchedulingQueue queue;
  private final WaitingPods waitingPods;
  private final SchedulingFailures failures;
  private final ImmutableList<Extender> extenders;
  private final SchedulerMetrics metrics;
  private final Recorder recorder;
  private final DecisionObservers observers;
  private final Runnable attemptSoon;

  /**
   * @param attemptSoon is run where pods may be ready to be tried
   */
  BindingCycle(
      ClusterState state,
      PodNominator nominator,
      SchedulingQueue queue,
      WaitingPods waitingPods,
      SchedulingFailures failures,
      ImmutableList<Extender> extenders,
      SchedulerMetrics metrics,
      Recorder recorder,
      DecisionObservers observers,
      Runnable attemptSoon) {
    this.state = state;
    this.nominator = nominator;
    this.queue = queue;
    this.waitingPods = waitingPods;
    this.failures = failures;
    this.extenders = extenders;
    this.metrics = metrics;
    this.recorder = recorder;
    this.observers = observers;
    this.attemptSoon = attemptSoon;
  }

  /** A pod on its way. */
  private record Trip(Profile profile, QueuedPod queued, NodePod assumed, String node) {
    Pod pod() {
      return assumed.pod();
    }
  }

  /** Has a pod count on the row, and binds it if nobody objects. */
  void start(Profile profile, QueuedPod queued, int row) {
    String node = state.name(row);
    Pod placed = PodBuilder.builder(queued.pod).nodeName(node).build();
    queue.assumed(queued);
    nominator.remove(queued.key);
    Trip trip = new Trip(profile, queued, state.assume(placed, queued.info, row), node);
    for (ReservePlugin plugin : profile.reserve()) {
      Status status = plugin.reserve(trip.pod(), node);
      observers.answered(trip.pod(), Step.RESERVE, plugin.name(), status);
      if (!status.isSuccess()) {
        sendBack(trip, running("Reserve", plugin.name(), status));
        return;
      }
    }
    permit(trip);
  }

  /** kube-scheduler: RunPermitPlugins, WaitOnPermit. */
  private void permit(Trip trip) {
    Map<String, Long> timeouts = new LinkedHashMap<>();
    for (PermitPlugin plugin : trip.profile.permit()) {
      PermitPlugin.Permission permission = plugin.permit(trip.pod(), trip.node);
      observers.answered(trip.pod(), Step.PERMIT, plugin.name(), permission.status());
      if (permission.status().code() == Code.WAIT) {
        observers.waits(trip.pod(), plugin.name(), permission.timeoutNanos());
        timeouts.put(plugin.name(), permission.timeoutNanos());
      } else if (!permission.status().isSuccess()) {
        sendBack(trip, running("Permit", plugin.name(), permission.status()));
        return;
      }
    }
    if (timeouts.isEmpty()) {
      preBind(trip, 0);
      return;
    }
    queue.waits(trip.queued);
    waitingPods.add(
        trip.pod(),
        timeouts,
        status -> {
          if (status.isSuccess()) {
            queue.done(trip.queued);
            preBind(trip, 0);
          } else if (callOff(trip)) {
            failures.refused(trip.queued, trip.node, status);
            // Afterwards, since it is no news to the pod itself.
            tellThatThereIsRoom(trip);
          } else {
            queue.done(trip.queued);
          }
        });
  }

  /** Reserve or Permit said no before the attempt was over. */
  private void sendBack(Trip trip, Status status) {
    if (!callOff(trip)) {
      return;
    }
    if (status.isRejected()) {
      failures.refused(trip.queued, trip.node, status);
    } else {
      failures.failed(trip.queued, status);
    }
  }

  private void preBind(Trip trip, int index) {
    if (index == trip.profile.preBind().size()) {
      bind(trip, 0);
      return;
    }
    PreBindPlugin plugin = trip.profile.preBind().get(index);
    plugin.preBind(
        trip.pod(),
        trip.node,
        status -> {
          observers.answered(trip.pod(), Step.PRE_BIND, plugin.name(), status);
          if (status.isSuccess()) {
            preBind(trip, index + 1);
          } else {
            failed(trip, running("PreBind", plugin.name(), status));
          }
        });
  }

  private void bind(Trip trip, int index) {
    Status byExtender = index == 0 ? bindByExtender(trip) : null;
    if (byExtender != null && !byExtender.isSuccess()) {
      failed(trip, byExtender);
      return;
    }
    BindPlugin plugin = trip.profile.bind().get(index);
    plugin.bind(
        trip.pod(),
        trip.node,
        status -> {
          observers.answered(trip.pod(), Step.BIND, plugin.name(), status);
          if (status.isSuccess()) {
            bound(trip);
          } else if (status.code() == Code.SKIP && index + 1 < trip.profile.bind().size()) {
            bind(trip, index + 1);
          } else {
            failed(trip, running("Bind", plugin.name(), status));
          }
        });
  }

  /** kube-scheduler: extendersBinding. */
  private @Nullable Status bindByExtender(Trip trip) {
    for (Extender extender : extenders) {
      if (extender.binds() && extender.isInterested(trip.pod())) {
        try {
          extender.bind(trip.pod(), trip.node);
          return Status.SUCCESS;
        } catch (ExtenderException e) {
          if (!extender.isIgnorable()) {
            return Status.error(String.valueOf(e.getMessage()));
          }
        }
      }
    }
    return null;
  }

  private void bound(Trip trip) {
    metrics.scheduled();
    recorder.event(
        trip.pod(),
        trip.profile.schedulerName(),
        "Normal",
        "Scheduled",
        "Successfully assigned " + ObjectKey.of(trip.pod()) + " to " + trip.node);
    for (PostBindPlugin plugin : trip.profile.postBind()) {
      plugin.postBind(trip.pod(), trip.node);
    }
    observers.bindingOver(trip.pod());
  }

  /** kube-scheduler: handleBindingCycleError. */
  private void failed(Trip trip, Status status) {
    if (callOff(trip)) {
      if (status.isRejected()) {
        failures.failed(trip.queued, status);
        tellThatThereIsRoom(trip);
      } else {
        tellThatThereIsRoom(trip);
        failures.failed(trip.queued, status);
        attemptSoon.run();
      }
    }
  }

  private void tellThatThereIsRoom(Trip trip) {
    queue.moved(
        new ClusterEvent(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.DELETE),
        trip.pod(),
        null);
    attemptSoon.run();
  }

  /** Undoes everything; false where the pod is gone, or has a node all the same. */
  private boolean callOff(Trip trip) {
    observers.bindingOver(trip.pod());
    for (ReservePlugin plugin : trip.profile.reserve().reverse()) {
      plugin.unreserve(trip.pod(), trip.node);
    }
    if (!isThere(trip)) {
      return false;
    }
    state.remove(trip.assumed);
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // Another pod of the name may be on the row by now.
  private boolean isThere(Trip trip) {
    return state.pod(trip.queued.key) == trip.assumed && trip.assumed.assumed();
  }

  /** An error tells where it happened, a rejection speaks for itself. */
  private static Status running(String point, String plugin, Status status) {
    return status.isRejected()
        ? status.by(plugin)
        : Status.error("running " + point + " plugin \"" + plugin + "\": " + status.message());
  }
}
