package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.scheduler.explain.Remedy;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what would have to change for a pod to fit somewhere: it changes the pod as the plugin
 * that turned it down asks for, and has the same plugins judge what has become of it, until none
 * turns it down.
 */
final class Remedies {
  private static final String UNKNOWN = "and then perhaps more: what is asked later is not known";
  private static final int MOST_CHANGES = 8;
  private static final int MOST_WAYS = 5;
  private static final int MOST_NODES = 40;

  private final ClusterState state;
  private final SchedulingCycle cycle;

  Remedies(ClusterState state, SchedulingCycle cycle) {
    this.state = state;
    this.cycle = cycle;
  }

  private record Tried(Way way, double cut) {}

  /**
   * The ways for a pod that was turned down before any node was looked at: what it takes to have
   * nodes looked at, and what then has it fit one.
   */
  ImmutableList<Way> ways(Profile profile, Pod pod, Status rejection) {
    List<String> changes = new ArrayList<>();
    Pod changed = pod;
    for (Status why = rejection; why != null; why = ranking(profile, changed).rejection()) {
      Remedy remedy = changes.size() == MOST_CHANGES ? null : Remedy.ofRejection(why, changed);
      if (remedy == null) {
        return ImmutableList.of();
      }
      changes.addAll(remedy.changes());
      changed = Objects.requireNonNull(remedy.pod());
    }
    int best = ranking(profile, changed).best();
    if (best >= 0) {
      return ImmutableList.of(new Way(state.name(best), ImmutableList.copyOf(changes)));
    }
    Map<String, Status> infeasible = new LinkedHashMap<>();
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row)) {
        infeasible.put(state.name(row), verdict(profile, changed, row));
      }
    }
    return ways(profile, changed, infeasible).stream()
        .map(way ->
            new Way(
                way.node(),
                ImmutableList.<String>builder().addAll(changes).addAll(way.changes()).build()))
        .collect(ImmutableList.toImmutableList());
  }

  private NodeRanking ranking(Profile profile, Pod pod) {
    return cycle.ranking(profile, state.info(pod));
  }

  /**
   * The ways with the fewest changes, and of these those that take the least from what the pod asks
   * for. Of nodes that were turned down for the same reasons the one that lacks least is tried.
   */
  ImmutableList<Way> ways(Profile profile, Pod pod, Map<String, Status> infeasible) {
    PodInfo info = state.info(pod);
    Map<Status, Integer> nearest = new LinkedHashMap<>();
    infeasible.forEach((name, status) -> {
      int row = state.row(name);
      nearest.merge(status, row, (a, b) -> lack(info, a) <= lack(info, b) ? a : b);
    });
    List<Tried> found = new ArrayList<>();
    nearest.values().stream()
        .sorted(Comparator.comparingDouble(row -> lack(info, row)))
        .limit(MOST_NODES)
        .forEach(row -> {
          Tried way = way(profile, pod, row);
          if (way != null) {
            found.add(way);
          }
        });
    return found.stream()
        .sorted(
            Comparator.<Tried>comparingInt(tried -> tried.way.changes().size())
                .thenComparingDouble(Tried::cut))
        .limit(MOST_WAYS)
        .map(Tried::way)
        .collect(ImmutableList.toImmutableList());
  }

  /** How much of what the pod asks for a node lacks: 0 for nothing, 1 for all of one resource. */
  private double lack(PodInfo pod, int row) {
    NodeInfo node = state.nodeInfo(row);
    double lack = node.podCount() < node.allowedPods() ? 0 : 1;
    for (int resource = 0; resource < pod.resources(); resource++) {
      long request = pod.request(resource);
      long free = node.allocatable(resource) - node.requested(resource);
      if (request > free) {
        lack += Math.min(1, (double) (request - free) / request);
      }
    }
    return lack;
  }

  private @Nullable Tried way(Profile profile, Pod pod, int row) {
    List<NodePod> left = new ArrayList<>();
    Tried way = way(profile, pod, row, left);
    left.forEach(state::add);
    return way;
  }

  /** Pods that would have to leave are taken away, and told. */
  private @Nullable Tried way(Profile profile, Pod pod, int row, List<NodePod> left) {
    List<String> changes = new ArrayList<>();
    double cut = lack(state.info(pod), row);
    Pod changed = pod;
    for (int i = 0; i < MOST_CHANGES && changed != null; i++) {
      Status verdict = verdict(profile, changed, row);
      if (verdict.isSuccess()) {
        // Where the plugins have nothing against the node it was an extender, whom only it can
        // please.
        break;
      }
      Remedy remedy = remedy(profile, changed, row, verdict);
      if (remedy == null) {
        return null;
      }
      changes.addAll(remedy.changes());
      changed = remedy.pod();
      if (changed == null) {
        changes.add(UNKNOWN);
      }
      remedy.leaving().forEach(state::remove);
      left.addAll(remedy.leaving());
    }
    return changes.isEmpty() || (changed != null && !verdict(profile, changed, row).isSuccess())
        ? null
        : new Tried(new Way(state.name(row), ImmutableList.copyOf(changes)), cut);
  }

  private Status verdict(Profile profile, Pod pod, int row) {
    NodeRanking ranking = ranking(profile, pod);
    Status rejection = ranking.rejection();
    return rejection == null ? ranking.verdict(row) : rejection;
  }

  /** The least that has the plugin take the pod; null where nobody knows of any. */
  private @Nullable Remedy remedy(Profile profile, Pod pod, int row, Status verdict) {
    ImmutableList<Remedy> remedies = Remedy.of(verdict, pod, state, row);
    for (Remedy remedy : remedies) {
      Pod changed = remedy.pod();
      if (changed == null
          || !remedy.leaving().isEmpty()
          || !verdict(profile, changed, row).equals(verdict)) {
        return remedy;
      }
    }
    return null;
  }
}
