package io.towtank.scheduler.plugins.imagelocality;

import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.Images;
import java.util.Arrays;

/** Nodes are alike that have the same of a pod's images. */
final class PresentImages implements TopologyScore, CohortColumn.Rows {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long MIN_THRESHOLD = 23 * MEBIBYTE;
  private static final long MAX_THRESHOLD_PER_CONTAINER = 1000 * MEBIBYTE;
  private static final int BITS = 64;

  private final ClusterState state;
  private final Images known;
  private final int[] images;
  private final CohortColumn column;

  PresentImages(ClusterState state, int[] images) {
    this.state = state;
    this.known = state.images();
    this.images = images;
    this.column = new CohortColumn(state, this);
  }

  @Override
  public long catchUp() {
    return column.catchUp(false);
  }

  @Override
  public int clear() {
    return (images.length + BITS - 1) / BITS;
  }

  @Override
  public void take(int row) {
    // Nothing is kept but the features.
  }

  @Override
  public void features(int row, int slot, long[] features) {
    Arrays.fill(features, 0);
    for (int i = 0; i < images.length; i++) {
      if (known.has(row, images[i])) {
        features[i / BITS] |= 1L << i % BITS;
      }
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public void preScore(FeasibleNodes feasible) {
    // Scores do not depend on which nodes are feasible.
  }

  @Override
  public long score(int cohort) {
    long sum = 0;
    for (int i = 0; i < images.length; i++) {
      if ((column.feature(cohort, i / BITS) & 1L << i % BITS) != 0) {
        double spread = (double) known.nodes(images[i]) / state.nodeCount();
        sum += (long) (known.sizeBytes(images[i]) * spread);
      }
    }
    long max = MAX_THRESHOLD_PER_CONTAINER * images.length;
    long clamped = Math.clamp(sum, MIN_THRESHOLD, Math.max(MIN_THRESHOLD, max));
    return ScorePlugin.MAX_NODE_SCORE * (clamped - MIN_THRESHOLD) / (max - MIN_THRESHOLD);
  }

  @Override
  public void normalize(long[] scores, int count) {
    // From 0 to 100 as they are.
  }
}
