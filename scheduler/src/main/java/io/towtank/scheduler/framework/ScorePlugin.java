package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/**
 * Says how well a pod would do on a node, from the pod and that one node (kube-scheduler: PreScore,
 * Score and NormalizeScore).
 *
 * @param <S> what the plugin wants to know of a pod, worked out once per template
 */
public interface ScorePlugin<S> extends Plugin {
  /** The score of the best node after normalisation. */
  long MAX_NODE_SCORE = 100;

  /** Works out what the score depends on; null where the plugin has no opinion of this pod. */
  @Nullable S preScore(PodInfo pod);

  /**
   * What the score depends on where a profile has a plugin of kube-scheduler off at PreScore and on
   * at Score. Plugins of users are never asked: such a profile is refused.
   */
  default @Nullable S scoreAlone(PodInfo pod) {
    return preScore(pod);
  }

  /** The node's score: 0 to 100 unless it is normalised. The node is a cursor. */
  long score(S demand, NodeInfo node);

  /** How scores become comparable with those of other plugins. */
  default ScoreNormalizer normalizer() {
    return ScoreNormalizer.NONE;
  }
}
