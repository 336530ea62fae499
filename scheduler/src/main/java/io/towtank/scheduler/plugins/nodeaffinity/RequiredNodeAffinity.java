package io.towtank.scheduler.plugins.nodeaffinity;

import io.towtank.api.Affinity;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeSelector;
import io.towtank.api.PodSpec;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.LabelColumn;
import org.jspecify.annotations.Nullable;

/** A pod's nodeSelector and required node affinity (component-helpers: RequiredNodeAffinity). */
public final class RequiredNodeAffinity {
  private final LabelColumn[] columns;
  private final int[] values;
  private final @Nullable NodeSelectorMatcher matcher;

  private RequiredNodeAffinity(
      LabelColumn[] columns, int[] values, @Nullable NodeSelectorMatcher matcher) {
    this.columns = columns;
    this.values = values;
    this.matcher = matcher;
  }

  /** What the spec requires of a node. */
  public static RequiredNodeAffinity of(ClusterState state, PodSpec spec) {
    int size = spec.nodeSelector().size();
    LabelColumn[] columns = new LabelColumn[size];
    int[] values = new int[size];
    int i = 0;
    for (var entry : spec.nodeSelector().entrySet()) {
      columns[i] = state.labels(entry.getKey());
      values[i] = columns[i].id(entry.getValue());
      i++;
    }
    NodeSelector required = required(spec);
    return new RequiredNodeAffinity(
        columns,
        values,
        required == null ? null : NodeSelectorMatcher.of(state, required.nodeSelectorTerms()));
  }

  static @Nullable NodeSelector required(PodSpec spec) {
    NodeAffinity affinity = nodeAffinity(spec);
    return affinity == null ? null : affinity.requiredDuringSchedulingIgnoredDuringExecution();
  }

  static @Nullable NodeAffinity nodeAffinity(PodSpec spec) {
    Affinity affinity = spec.affinity();
    return affinity == null ? null : affinity.nodeAffinity();
  }

  /** Whether every node matches. */
  public boolean isEmpty() {
    return columns.length == 0 && matcher == null;
  }

  /** Whether a row's node matches. */
  public boolean matches(int row) {
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].value(row) != values[i]) {
        return false;
      }
    }
    return matcher == null || matcher.matches(row);
  }

  /** Whether a node that may not be in the cluster state matches. */
  public static boolean matches(PodSpec spec, Node node) {
    for (var entry : spec.nodeSelector().entrySet()) {
      if (!entry.getValue().equals(node.metadata().labels().get(entry.getKey()))) {
        return false;
      }
    }
    NodeSelector required = required(spec);
    return required == null || NodeSelectorMatcher.matches(required.nodeSelectorTerms(), node);
  }
}
