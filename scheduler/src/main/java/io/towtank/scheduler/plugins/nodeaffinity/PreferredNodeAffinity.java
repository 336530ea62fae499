package io.towtank.scheduler.plugins.nodeaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PreferredSchedulingTerm;
import io.towtank.scheduler.state.ClusterState;

/** Weighted terms; a node's score is the sum of the weights of those that it matches. */
final class PreferredNodeAffinity {
  private final NodeSelectorMatcher[] terms;
  private final int[] weights;

  PreferredNodeAffinity(ClusterState state, ImmutableList<PreferredSchedulingTerm> preferred) {
    terms = new NodeSelectorMatcher[preferred.size()];
    weights = new int[preferred.size()];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = NodeSelectorMatcher.of(state, ImmutableList.of(preferred.get(i).preference()));
      weights[i] = preferred.get(i).weight();
    }
  }

  long score(int row) {
    long score = 0;
    for (int i = 0; i < terms.length; i++) {
      if (terms[i].matches(row)) {
        score += weights[i];
      }
    }
    return score;
  }
}
