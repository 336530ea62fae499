package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;

/** The taints that the autoscaler gives to nodes (cluster-autoscaler: utils/taints). */
final class AutoscalerTaints {
  /** The node is being given up: no pod may come any more. */
  static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

  /** The node is not needed: pods should rather go elsewhere. */
  static final String CANDIDATE = "DeletionCandidateOfClusterAutoscaler";

  private static final long SECOND = 1_000_000_000L;

  private AutoscalerTaints() {}

  static boolean has(Node node, String key) {
    ImmutableList<Taint> taints = node.spec().taints();
    for (int i = 0; i < taints.size(); i++) {
      if (taints.get(i).key().equals(key)) {
        return true;
      }
    }
    return false;
  }

  /** A node with a taint that tells since when; the same where it has it. */
  static Node with(Node node, String key, long epochNanos) {
    if (has(node, key)) {
      return node;
    }
    Taint taint =
        new Taint(
            key,
            Long.toString(Math.floorDiv(epochNanos, SECOND)),
            key.equals(CANDIDATE) ? "PreferNoSchedule" : "NoSchedule",
            Timestamps.NONE,
            Fields.NONE);
    return withTaints(
        node, ImmutableList.<Taint>builder().addAll(node.spec().taints()).add(taint).build());
  }

  /** A node without a taint; the same where it does not have it. */
  static Node without(Node node, String key) {
    if (!has(node, key)) {
      return node;
    }
    return withTaints(
        node,
        node.spec().taints().stream()
            .filter(taint -> !taint.key().equals(key))
            .collect(ImmutableList.toImmutableList()));
  }

  private static Node withTaints(Node node, ImmutableList<Taint> taints) {
    return node.withSpec(NodeSpecBuilder.builder(node.spec()).taints(taints).build());
  }
}
