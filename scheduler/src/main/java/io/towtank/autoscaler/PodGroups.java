package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pods that wait, in groups within which no filter can tell them apart, so that one of a group is
 * tried for all (cluster-autoscaler: equivalence.BuildPodGroups).
 */
final class PodGroups {
  /** Pods of one controller, labels and spec. Each group equals itself alone. */
  static final class PodGroup {
    private final PodInfo info;
    private final ImmutableList<Pod> pods;

    PodGroup(PodInfo info, ImmutableList<Pod> pods) {
      this.info = info;
      this.pods = pods;
    }

    PodInfo info() {
      return info;
    }

    ImmutableList<Pod> pods() {
      return pods;
    }

    /** One for all. */
    Pod example() {
      return pods.get(0);
    }
  }

  private PodGroups() {}

  /** The groups in the order of their first pods. Pods without a controller stand alone. */
  static ImmutableList<PodGroup> of(List<Pod> pods, ClusterSnapshot snapshot) {
    ImmutableList.Builder<PodGroup> groups = ImmutableList.builder();
    Map<PodInfo, List<Pod>> byInfo = new LinkedHashMap<>();
    List<List<Pod>> all = new ArrayList<>();
    for (Pod pod : pods) {
      PodInfo info = snapshot.info(pod);
      List<Pod> group = info.controller() == null ? null : byInfo.get(info);
      if (group == null) {
        group = new ArrayList<>();
        all.add(group);
        if (info.controller() != null) {
          byInfo.put(info, group);
        }
      }
      group.add(pod);
    }
    for (List<Pod> group : all) {
      groups.add(new PodGroup(snapshot.info(group.get(0)), ImmutableList.copyOf(group)));
    }
    return groups.build();
  }
}
