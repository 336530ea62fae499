package io.towtank.scheduler;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.component.ComponentContext;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Status;
import java.util.Objects;

/** What becomes of a pod that was not placed (kube-scheduler: handleSchedulingFailure). */
final class SchedulingFailures {
  /** Events do not say more. */
  private static final int NOTE_LENGTH_LIMIT = 1024;

  private static final String MORE = " ...";
  private static final String NO_NODE = "";

  private final ComponentContext context;
  private final SchedulingQueue queue;
  private final PodNominator nominator;
  private final SchedulerMetrics metrics;
  private final SchedulingConditions conditions;
  private final Evictions evictions;

  SchedulingFailures(
      ComponentContext context,
      SchedulingQueue queue,
      PodNominator nominator,
      SchedulerMetrics metrics,
      SchedulingConditions conditions,
      Evictions evictions) {
    this.context = context;
    this.queue = queue;
    this.nominator = nominator;
    this.metrics = metrics;
    this.conditions = conditions;
    this.evictions = evictions;
  }

  /** The pod fits no node. */
  void turnedDown(QueuedPod queued, SchedulingCycle.Result.NoFit noFit) {
    metrics.unschedulable(noFit.rejections());
    String nominated = noFit.nominatedNode();
    if (nominated != null) {
      nominator.nominate(queued.pod, nominated);
    }
    queue.failed(queued, noFit.plugins(), noFit.pendingPlugins());
    warn(queued.pod, noFit.message());
    conditions.unscheduled(
        queued.pod, SchedulingConditions.UNSCHEDULABLE, noFit.message(), nominated);
    if (!noFit.victims().isEmpty()) {
      evictions.preempt(queued.pod, noFit.victims(), Objects.requireNonNull(nominated));
    }
  }

  /** A plugin refused the node that was chosen: as if it were the only one and did not fit. */
  void refused(QueuedPod queued, String node, Status status) {
    ImmutableMap<Status, Integer> rejections = ImmutableMap.of(status, 1);
    metrics.unschedulable(rejections);
    if (!isStillWaiting(queued)) {
      return;
    }
    ImmutableSet<String> plugin = ImmutableSet.of(status.plugin());
    boolean pending = status.code() == Code.PENDING;
    queue.failed(
        queued, pending ? ImmutableSet.of() : plugin, pending ? plugin : ImmutableSet.of());
    tell(queued, SchedulingConditions.UNSCHEDULABLE, FitError.message(1, rejections));
  }

  /** Something else went wrong: the pod is tried again after a backoff. */
  void failed(QueuedPod queued, Status status) {
    metrics.failed();
    if (!isStillWaiting(queued)) {
      return;
    }
    queue.failedWithError(queued);
    tell(
        queued,
        status.isRejected()
            ? SchedulingConditions.UNSCHEDULABLE
            : SchedulingConditions.SCHEDULER_ERROR,
        status.message());
  }

  /** Whether the pod, as it is by now, still has no node; else it is no concern any more. */
  private boolean isStillWaiting(QueuedPod queued) {
    Pod current = context.informers().informer(Kinds.POD).get(queued.key);
    if (current == null
        || current.nodeName() != null
        || !Objects.equals(current.metadata().uid(), queued.pod.metadata().uid())
        || current.metadata().deletionTimestamp() != Timestamps.NONE) {
      queue.done(queued);
      return false;
    }
    queue.back(queued, current);
    return true;
  }

  private void tell(QueuedPod queued, String reason, String message) {
    nominator.remove(queued.key);
    warn(queued.pod, message);
    conditions.unscheduled(queued.pod, reason, message, NO_NODE);
  }

  private void warn(Pod pod, String message) {
    String note =
        message.length() <= NOTE_LENGTH_LIMIT
            ? message
            : message.substring(0, NOTE_LENGTH_LIMIT - MORE.length()) + MORE;
    context
        .recorder()
        .event(pod, Scheduler.schedulerName(pod), "Warning", "FailedScheduling", note);
  }
}
