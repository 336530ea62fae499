package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.scheduler.state.ClusterState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes decisions the other way too, from a sample where all nodes were scored and from all where a
 * sample was, and adds up how they differ. Nothing that decides is changed by it.
 */
final class SamplingMeter {
  private final NodeSampler sampler;
  private final @Nullable RandomGenerator random;
  private final Map<String, Sums> sums = new LinkedHashMap<>();

  private static final class Sums {
    private final TreeMap<Long, Long> losses = new TreeMap<>();
    private final boolean sampled;
    private long lookedAt;
    private long nodes;
    private long bestScores;
    private long notCompared;

    Sums(boolean sampled) {
      this.sampled = sampled;
    }
  }

  /**
   * Nothing is compared yet.
   *
   * @param random for ties among the nodes of a sample, of a stream that nothing else draws from;
   *     null to take the first
   */
  SamplingMeter(ClusterState state, NodeOrder order, @Nullable RandomGenerator random) {
    this.sampler = new NodeSampler(state, order);
    this.random = random;
  }

  private Sums of(Profile profile) {
    return sums.computeIfAbsent(
        profile.schedulerName(), name -> new Sums(!profile.scoresAllNodes()));
  }

  /** Takes in a decision that extenders took part in. */
  void leaveOut(Profile profile) {
    of(profile).notCompared++;
  }

  /**
   * Takes in a decision.
   *
   * @param row the node that was found among all, or in a sample
   * @param looked how many nodes were looked at for it
   */
  void compare(Profile profile, NodeRanking ranking, int row, int looked) {
    Sums to = of(profile);
    int candidates = sampler.candidates(ranking).length;
    int found = row;
    int lookedAt = looked;
    if (!to.sampled) {
      int wanted = profile.feasibleNodesToFind(candidates, 0);
      NodeSampler.Sample sample = sampler.take(ranking, wanted);
      found = ranking.bestOf(sample.rows().toArray(), sample.rows().length(), random);
      lookedAt = sample.looked();
    }
    long best = ranking.total(ranking.best());
    to.losses.merge(best - ranking.total(found), 1L, Long::sum);
    to.lookedAt += lookedAt;
    to.nodes += candidates;
    to.bestScores += best;
  }

  /** What was found out so far, by profile. */
  ImmutableList<SamplingComparison> comparisons() {
    ImmutableList.Builder<SamplingComparison> comparisons = ImmutableList.builder();
    sums.forEach((name, of) ->
        comparisons.add(
            new SamplingComparison(
                name,
                of.sampled,
                of.lookedAt,
                of.nodes,
                of.bestScores,
                ImmutableSortedMap.copyOf(of.losses),
                of.notCompared)));
    return comparisons.build();
  }
}
