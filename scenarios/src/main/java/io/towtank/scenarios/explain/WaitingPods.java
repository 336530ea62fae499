package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.scenarios.run.SimulatedCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pods that have no node when a run ends, one explained for all of its template: why it fits
 * nowhere as the cluster is then, and what would have to change.
 *
 * @param templates the templates with the most such pods first
 * @param templatesLeftOut how many templates are not explained
 * @param podsLeftOut how many pods those have
 */
public record WaitingPods(
    ImmutableList<Template> templates, int templatesLeftOut, long podsLeftOut) {
  /**
   * A pod, and how many pods of its template wait.
   *
   * @param pod the first of them
   * @param count it included
   */
  public record Template(PodExplanation pod, long count) {}

  private static final class Group {
    final Pod first;
    long count;

    Group(Pod first) {
      this.first = first;
    }
  }

  /**
   * The pods that wait at the end of a run.
   *
   * @param explained pods that are explained elsewhere, as namespace/name
   * @param most how many templates are to be explained
   */
  public static WaitingPods of(SimulatedCluster run, Set<String> explained, int most) {
    // Pods of one template share their spec; other templates may share it, too. Nothing depends on
    // the order of these maps.
    IdentityHashMap<PodSpec, Map<ImmutableMap<String, String>, Group>> bySpec =
        new IdentityHashMap<>();
    List<Group> groups = new ArrayList<>();
    for (Pod pod : run.store().list(Kinds.POD)) {
      if (pod.nodeName() == null
          && pod.status().phase() == PodPhase.PENDING
          && !explained.contains(ObjectKey.of(pod).toString())) {
        Map<ImmutableMap<String, String>, Group> byLabels =
            bySpec.computeIfAbsent(pod.spec(), s -> new HashMap<>());
        Group group = byLabels.get(pod.metadata().labels());
        if (group == null) {
          group = new Group(pod);
          byLabels.put(pod.metadata().labels(), group);
          groups.add(group);
        }
        group.count++;
      }
    }
    groups.sort((a, b) -> Long.compare(b.count, a.count));
    int shown = Math.min(most, groups.size());
    ImmutableList.Builder<Template> templates = ImmutableList.builder();
    for (Group group : groups.subList(0, shown)) {
      templates.add(new Template(PodExplanation.asThingsAre(run, group.first, 0), group.count));
    }
    List<Group> leftOut = groups.subList(shown, groups.size());
    return new WaitingPods(
        templates.build(), leftOut.size(), leftOut.stream().mapToLong(group -> group.count).sum());
  }
}
