package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import java.util.ArrayList;
import java.util.List;

/**
 * A node that is being shut down in order (kubelet: nodeshutdown_manager.go, KEP-2000). Its pods
 * end in groups, those of least priority first, each group in its own time; when none is left, or
 * the time of the last group is over, the machine goes.
 *
 * <pre>
 *   shutdown(30 s, 10 s) ─▶ pods that are not critical: 20 s ─▶ critical ones: 10 s ─▶ off
 *                            node NotReady, new pods are refused (NodeShutdown)
 * </pre>
 */
final class NodeShutdown {
  static final String REASON = "Terminated";
  static final String MESSAGE = "Pod was terminated in response to imminent node shutdown.";
  static final HollowKubelet.Refusal NOT_ADMITTED =
      new HollowKubelet.Refusal("NodeShutdown", "Pod was rejected as the node is shutting down.");
  static final String NODE_MESSAGE = "node is shutting down";

  // scheduling: SystemCriticalPriority
  private static final int SYSTEM_CRITICAL = 2_000_000_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long POWER_OFF_NANOS = 5 * SECOND;

  private final HollowKubelets kubelets;
  private final HollowKubelet node;
  private final ImmutableList<Long> periodsNanos;
  private int group = -1;
  private long timer;

  NodeShutdown(HollowKubelets kubelets, HollowKubelet node, long periodNanos, long criticalNanos) {
    this.kubelets = kubelets;
    this.node = node;
    this.periodsNanos = ImmutableList.of(periodNanos - criticalNanos, criticalNanos);
  }

  /** Begins with the first group, or goes on with the next. */
  void next() {
    timer = 0;
    group++;
    if (group == periodsNanos.size()) {
      // systemd ends its other units now, and the kubelet tells the last statuses.
      timer = kubelets.schedule(POWER_OFF_NANOS, () -> kubelets.powerOff(node));
      return;
    }
    long period = periodsNanos.get(group);
    List<PodWorker> ending = new ArrayList<>();
    PodTable table = kubelets.table();
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (!table.ended[row] && isOfGroup(table.pod(row))) {
        ending.add(kubelets.worker(row));
      }
    }
    if (ending.isEmpty()) {
      next();
      return;
    }
    timer = kubelets.schedule(period, this::next);
    ending.forEach(worker -> worker.shutDown(period / SECOND));
  }

  private boolean isOfGroup(Pod pod) {
    Integer priority = pod.spec().priority();
    return (priority != null && priority >= SYSTEM_CRITICAL) == (group == 1);
  }

  /** A pod has stopped: where it was the last of its group, the next group's turn has come. */
  void podStopped() {
    if (timer == 0 || group == periodsNanos.size()) {
      return;
    }
    PodTable table = kubelets.table();
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (!table.ended[row] && isOfGroup(table.pod(row))) {
        return;
      }
    }
    kubelets.cancel(timer);
    timer = kubelets.schedule(0, this::next);
  }

  /** The machine is gone before its time. */
  void abort() {
    kubelets.cancel(timer);
    timer = 0;
  }
}
