package io.towtank.scheduler;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the nodes that a sample finds compare with the best of all, over decisions of one profile:
 * each was also made the other way, from the cluster as it was at that moment.
 *
 * <p>Scores are those of all nodes, as plugins give and normalise them if no node is left out. What
 * a sampled decision loses is the highest score of any node less that of the node it takes.
 *
 * @param schedulerName the profile's
 * @param sampled whether the decisions were made from samples; else from all nodes, and the sample
 *     is what kube-scheduler would have looked at by default
 * @param lookedAt how many nodes were looked at for the samples, of all decisions together
 * @param nodes how many there were to look at, of all decisions together
 * @param bestScores the highest scores, of all decisions together
 * @param losses how many sampled decisions lose how much; 0 where a sample had a node as good as
 *     any
 * @param notCompared decisions that extenders took part in: these are asked only once
 */
public record SamplingComparison(
    String schedulerName,
    boolean sampled,
    long lookedAt,
    long nodes,
    long bestScores,
    ImmutableSortedMap<Long, Long> losses,
    long notCompared) {
  /** How many decisions were made both ways. */
  public long decisions() {
    return losses.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many pods go to a node by the sample that is not among the best of all. */
  public long elsewhere() {
    return decisions() - losses.getOrDefault(0L, 0L);
  }

  /** The mean loss of score; 0 where nothing was compared. */
  public double meanLoss() {
    double sum = 0;
    for (Map.Entry<Long, Long> entry : losses.entrySet()) {
      sum += (double) entry.getKey() * entry.getValue();
    }
    return mean(sum);
  }

  /**
   * The loss that so large a share of the decisions does not exceed.
   *
   * @param share from 0 to 1
   */
  public long loss(double share) {
    long wanted = (long) Math.ceil(share * decisions());
    long seen = 0;
    long loss = 0;
    for (Map.Entry<Long, Long> entry : losses.entrySet()) {
      if (seen >= wanted) {
        break;
      }
      loss = entry.getKey();
      seen += entry.getValue();
    }
    return loss;
  }

  /** The highest score that any node had, on average; 0 where nothing was compared. */
  public double meanBestScore() {
    return mean((double) bestScores);
  }

  /** How many nodes a sample looks at, on average; 0 where nothing was compared. */
  public double meanLookedAt() {
    return mean((double) lookedAt);
  }

  /** How many nodes there were to look at, on average; 0 where nothing was compared. */
  public double meanNodes() {
    return mean((double) nodes);
  }

  private double mean(double sum) {
    long decisions = decisions();
    return decisions == 0 ? 0 : sum / decisions;
  }

  /** Of the same profile, after this one. */
  public SamplingComparison plus(SamplingComparison later) {
    TreeMap<Long, Long> all = new TreeMap<>(losses);
    later.losses.forEach((loss, count) -> all.merge(loss, count, Long::sum));
    return new SamplingComparison(
        schedulerName,
        sampled,
        lookedAt + later.lookedAt,
        nodes + later.nodes,
        bestScores + later.bestScores,
        ImmutableSortedMap.copyOf(all),
        notCompared + later.notCompared);
  }
}
