package io.towtank.autoscaler;

import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * The cluster as the scheduler would see it, in which nodes and pods can be tried out
 * (cluster-autoscaler: clustersnapshot). What is tried after {@link #mark} is undone by {@link
 * #revert}; what is seen in the cluster comes through {@link #add} and {@link #forget}, at other
 * times.
 */
final class ClusterSnapshot {
  private sealed interface Change {
    record NodeAdded(String name) implements Change {}

    record NodeRemoved(Node node) implements Change {}

    record PodAdded(Pod pod) implements Change {}

    record PodRemoved(Pod pod) implements Change {}
  }

  private final OfflineScheduler scheduler;
  private final ClusterState state;
  private final List<Change> changes = new ArrayList<>();

  ClusterSnapshot(SchedulerConfiguration configuration) {
    this.scheduler = new OfflineScheduler(configuration.withTies(Ties.FIRST));
    this.state = scheduler.state();
  }

  // What is seen

  void add(KubeObject object) {
    if (object instanceof Pod pod && pod.status().phase().isTerminal()) {
      scheduler.forget(pod);
    } else {
      scheduler.add(object);
    }
  }

  void forget(KubeObject object) {
    scheduler.forget(object);
  }

  /** Changes whenever a node or a pod on one does. */
  long version() {
    return state.changes().end();
  }

  // What is asked

  boolean isFor(Pod pod) {
    return scheduler.isFor(pod);
  }

  int row(String node) {
    return state.row(node);
  }

  PodInfo info(Pod pod) {
    return state.info(pod);
  }

  ClusterState state() {
    return state;
  }

  /** Whether a pod fits on a row's node, and if not, why. */
  Status verdict(Pod pod, int row) {
    return scheduler.verdict(pod, row);
  }

  /** The row that suits a pod best, -1 for none. */
  int fit(Pod pod) {
    return scheduler.fit(pod);
  }

  /** The pods of a row. */
  List<Pod> pods(int row) {
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < state.podCount(row); i++) {
      NodePod pod = state.pod(row, i);
      pods.add(pod.pod());
    }
    return pods;
  }

  // What is tried

  /** A point to which {@link #revert} can go back. */
  int mark() {
    return changes.size();
  }

  /** Adds a node; returns its row. */
  int tryNode(Node node) {
    state.setNode(node);
    changes.add(new Change.NodeAdded(node.name()));
    return state.row(node.name());
  }

  /** Takes a node and its pods away. */
  void tryWithout(int row) {
    Node node = state.node(row);
    for (Pod pod : pods(row)) {
      scheduler.forget(pod);
      changes.add(new Change.PodRemoved(pod));
    }
    state.removeNode(node.name());
    changes.add(new Change.NodeRemoved(node));
  }

  /** Has a pod that is on no node run on a row's. */
  void tryPod(Pod pod, int row) {
    Pod bound = PodBuilder.builder(pod).nodeName(state.name(row)).build();
    state.setPod(bound);
    changes.add(new Change.PodAdded(bound));
  }

  /** Undoes all that was tried since a mark. */
  void revert(int mark) {
    for (int i = changes.size() - 1; i >= mark; i--) {
      switch (changes.remove(i)) {
        case Change.NodeAdded(String name) -> state.removeNode(name);
        case Change.NodeRemoved(Node node) -> state.setNode(node);
        case Change.PodAdded(Pod pod) -> scheduler.forget(pod);
        case Change.PodRemoved(Pod pod) -> state.setPod(pod);
      }
    }
  }
}
