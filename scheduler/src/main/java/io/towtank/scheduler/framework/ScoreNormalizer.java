package io.towtank.scheduler.framework;

/**
 * Brings a plugin's scores of all feasible nodes to 0 to 100 (kube-scheduler: NormalizeScore).
 *
 * <p>It sees each distinct score at least once, not necessarily once a node: its result may depend
 * on which scores there are, not on how often.
 */
@FunctionalInterface
public interface ScoreNormalizer {
  /** Replaces the first {@code count} scores. */
  void normalize(long[] scores, int count);

  /** Scores are in range as they are. */
  ScoreNormalizer NONE = (scores, count) -> {};

  /** The highest becomes 100, others in proportion (kube-scheduler: DefaultNormalizeScore). */
  ScoreNormalizer HIGHEST_IS_BEST = (scores, count) -> byHighest(scores, count, false);

  /** Zero becomes 100, the highest 0 (kube-scheduler: DefaultNormalizeScore, reversed). */
  ScoreNormalizer ZERO_IS_BEST = (scores, count) -> byHighest(scores, count, true);

  private static void byHighest(long[] scores, int count, boolean reverse) {
    long highest = 0;
    for (int i = 0; i < count; i++) {
      highest = Math.max(highest, scores[i]);
    }
    for (int i = 0; i < count; i++) {
      long score = highest == 0 ? scores[i] : ScorePlugin.MAX_NODE_SCORE * scores[i] / highest;
      if (highest == 0) {
        scores[i] = reverse ? ScorePlugin.MAX_NODE_SCORE : score;
      } else {
        scores[i] = reverse ? ScorePlugin.MAX_NODE_SCORE - score : score;
      }
    }
  }
}
