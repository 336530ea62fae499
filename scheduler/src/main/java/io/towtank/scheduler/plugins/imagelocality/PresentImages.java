package io.towtank.scheduler.plugins.imagelocality;

import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.Images;

/** Nodes are alike that have the same of a pod's images. */
final class PresentImages implements TopologyScore {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long MIN_THRESHOLD = 23 * MEBIBYTE;
  private static final long MAX_THRESHOLD_PER_CONTAINER = 1000 * MEBIBYTE;
  private static final int BITS = 64;

  private final ClusterState state;
  private final Images known;
  private final int[] images;
  private final long[] present;
  private final Cohorts cohorts;

  PresentImages(ClusterState state, int[] images) {
    this.state = state;
    this.known = state.images();
    this.images = images;
    this.present = new long[(images.length + BITS - 1) / BITS];
    this.cohorts = new Cohorts(present.length);
  }

  @Override
  public boolean outdated() {
    return false;
  }

  @Override
  public void rebuild() {
    // Which images a node has is asked when its cohort is.
  }

  @Override
  public void rowChanged(int row) {
    // As above.
  }

  @Override
  public int cohort(int row) {
    java.util.Arrays.fill(present, 0);
    for (int i = 0; i < images.length; i++) {
      if (known.has(row, images[i])) {
        present[i / BITS] |= 1L << i % BITS;
      }
    }
    return cohorts.of(present);
  }

  @Override
  public int cohorts() {
    return cohorts.count();
  }

  @Override
  public void preScore(FeasibleNodes feasible) {
    // Scores do not depend on which nodes are feasible.
  }

  @Override
  public long score(int cohort) {
    long sum = 0;
    for (int i = 0; i < images.length; i++) {
      if ((cohorts.feature(cohort, i / BITS) & 1L << i % BITS) != 0) {
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
