package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.DaemonSet;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Timestamps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a new node will be like, with the pods that DaemonSets will put on it. */
final class Templates {
  private static final String HOSTNAME = "kubernetes.io/hostname";

  private Templates() {}

  /** Labels of a node of another name. */
  static ImmutableMap<String, String> named(ImmutableMap<String, String> labels, String name) {
    Map<String, String> renamed = new LinkedHashMap<>(labels);
    renamed.put(HOSTNAME, name);
    return ImmutableMap.copyOf(renamed);
  }

  /** The pods that DaemonSets would have on a new node; the snapshot is left as it was. */
  static ImmutableList<Pod> daemons(
      ClusterSnapshot snapshot, Node template, List<DaemonSet> daemonSets) {
    int mark = snapshot.mark();
    int row = snapshot.tryNode(template);
    ImmutableList.Builder<Pod> fitting = ImmutableList.builder();
    for (DaemonSet set : daemonSets) {
      Pod pod = pod(set);
      if (set.metadata().deletionTimestamp() == Timestamps.NONE
          && snapshot.isFor(pod)
          && snapshot.verdict(pod, row).isSuccess()) {
        snapshot.tryPod(daemonOn(pod, template.name()), row);
        fitting.add(pod);
      }
    }
    snapshot.revert(mark);
    return fitting.build();
  }

  private static Pod pod(DaemonSet set) {
    PodTemplateSpec template = set.spec().template();
    return PodBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name(set.name())
                .namespace(set.metadata().namespace())
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .labels(template.metadata().labels())
                .build())
        .spec(template.spec())
        .status(PodStatusBuilder.builder().startTime(Timestamps.NONE).build())
        .build();
  }

  /** A daemon pod under a name of its own. */
  static Pod daemonOn(Pod daemon, String node) {
    return daemon.withMetadata(
        ObjectMetaBuilder.builder(daemon.metadata()).name(daemon.name() + "/" + node).build());
  }
}
