package io.towtank.autoscaler;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Node;
import io.towtank.api.Quantity;
import java.util.Map;
import java.util.TreeMap;

/** Whether groups differ in nothing but where their nodes are (nodegroupset.IsCloudSimilar). */
final class SimilarNodes {
  // compare_nodegroups.go: MaxAllocatableDifferenceRatio, MaxCapacityMemoryDifferenceRatio
  private static final double ALLOCATABLE_DIFFERENCE = 0.05;
  private static final double MEMORY_DIFFERENCE = 0.015;
  private static final ImmutableSet<String> IGNORED_LABELS =
      ImmutableSet.of(
          "kubernetes.io/hostname",
          "failure-domain.beta.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region",
          "beta.kubernetes.io/fluentd-ds-ready",
          "kops.k8s.io/instancegroup",
          "topology.kubernetes.io/zone",
          "topology.kubernetes.io/region");

  private SimilarNodes() {}

  static boolean similar(Node a, Node b) {
    return labels(a).equals(labels(b))
        && alike(a.status().capacity(), b.status().capacity(), 0)
        && alike(a.status().allocatable(), b.status().allocatable(), ALLOCATABLE_DIFFERENCE);
  }

  private static Map<String, String> labels(Node node) {
    Map<String, String> labels = new TreeMap<>(node.metadata().labels());
    labels.keySet().removeAll(IGNORED_LABELS);
    return labels;
  }

  private static boolean alike(
      Map<String, Quantity> a, Map<String, Quantity> b, double difference) {
    if (!a.keySet().equals(b.keySet())) {
      return false;
    }
    return a.entrySet().stream()
        .allMatch(entry -> {
          double mine = entry.getValue().milliValue();
          double its = b.getOrDefault(entry.getKey(), Quantity.of(0)).milliValue();
          double most =
              difference == 0 && entry.getKey().equals("memory") ? MEMORY_DIFFERENCE : difference;
          return Math.abs(mine - its) <= most * Math.max(mine, its);
        });
  }
}
