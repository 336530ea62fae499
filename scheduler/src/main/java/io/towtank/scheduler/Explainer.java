package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides and tells why. It asks the rankings that the decision is made from, so that what it tells
 * is what was decided by.
 */
final class Explainer {
  /** A decision as users see it, and as the scheduler goes on with it. */
  record Explained(Decision decision, SchedulingCycle.@Nullable Result result) {}

  private record Feasible(
      ImmutableList<String> filters,
      ImmutableMap<String, Status> infeasible,
      ImmutableMap<String, Decision.NodeScore> scores,
      ImmutableList<String> best) {}

  private final ClusterState state;
  private final SchedulingCycle cycle;
  private final Remedies remedies;

  Explainer(ClusterState state, SchedulingCycle cycle) {
    this.state = state;
    this.cycle = cycle;
    this.remedies = new Remedies(state, cycle);
  }

  /** Decides for a pod. The result is null where a pod is not even to be tried. */
  Explained explain(Profile profile, Pod pod) {
    for (PreEnqueuePlugin plugin : profile.preEnqueue()) {
      Status status = plugin.preEnqueue(pod);
      if (!status.isSuccess()) {
        return new Explained(
            turnedDown(
                pod, Decision.Outcome.GATED, status.by(plugin.name()), ImmutableList.of(), null),
            null);
      }
    }
    PodInfo info = state.info(pod);
    NodeRanking ranking = cycle.ranking(profile, info);
    Status rejection = ranking.rejection();
    if (rejection != null) {
      return new Explained(
          turnedDown(
              pod,
              Decision.Outcome.UNSCHEDULABLE,
              rejection,
              ranking.filters(),
              FitError.message(state.nodeCount(), rejection)),
          cycle.schedule(profile, pod));
    }
    SchedulingCycle.Result result = cycle.schedule(profile, pod);
    ExtenderAnswers answers =
        Objects.requireNonNullElseGet(cycle.extenderAnswers(), ExtenderAnswers::new);
    Feasible feasible = feasible(profile, pod, answers);
    Decision decision =
        switch (result) {
          case SchedulingCycle.Result.Found(int row, int evaluated) ->
              decision(pod, feasible, evaluated, state.name(row), null);
          case SchedulingCycle.Result.NoFit noFit ->
              decision(pod, feasible, state.nodeCount(), null, noFit);
          case SchedulingCycle.Result.Failed(String message) ->
              turnedDown(
                  pod,
                  Decision.Outcome.UNSCHEDULABLE,
                  Status.error(message).by("extender"),
                  ImmutableList.of(),
                  message);
        };
    return new Explained(decision, result);
  }

  /** What would have to change for a pod that fits nowhere, the least first. */
  ImmutableList<Way> ways(Profile profile, Pod pod, Decision decision) {
    if (decision.outcome() == Decision.Outcome.SCHEDULED || state.nodeCount() == 0) {
      return ImmutableList.of();
    }
    Status rejection = decision.preFilter();
    return rejection == null
        ? remedies.ways(profile, pod, decision.infeasible())
        : remedies.ways(profile, pod, rejection);
  }

  private Feasible feasible(Profile profile, Pod pod, ExtenderAnswers answers) {
    PodInfo info = state.info(pod);
    NodeRanking ranking = cycle.ranking(profile, info);
    cycle.excludeNominated(ranking, pod, info);
    // What extenders left is what scores were normalised among.
    answers.rejected().forEach(ranking::exclude);
    Feasible feasible = feasible(ranking, answers);
    answers.rejected().keySet().forEach(ranking::release);
    cycle.releaseNominated(ranking);
    return feasible;
  }

  private Feasible feasible(NodeRanking ranking, ExtenderAnswers answers) {
    ImmutableMap.Builder<String, Status> infeasible = ImmutableMap.builder();
    ImmutableMap.Builder<String, Decision.NodeScore> scores = ImmutableMap.builder();
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row)) {
        Status verdict = ranking.verdict(row);
        if (verdict.isSuccess()) {
          scores.put(state.name(row), score(ranking, row, answers));
        } else {
          infeasible.put(state.name(row), verdict);
        }
      }
    }
    ImmutableMap<String, Decision.NodeScore> scored = scores.buildOrThrow();
    return new Feasible(
        ranking.filters(),
        infeasible.buildOrThrow(),
        scored,
        answers.isEmpty() ? best(ranking) : best(scored));
  }

  private ImmutableList<String> best(NodeRanking ranking) {
    ImmutableList.Builder<String> best = ImmutableList.builder();
    for (int row : ranking.ties()) {
      best.add(state.name(row));
    }
    return best.build();
  }

  /** The same where extenders have added to what the ranking knows. */
  private static ImmutableList<String> best(ImmutableMap<String, Decision.NodeScore> scores) {
    long highest =
        scores.values().stream().mapToLong(Decision.NodeScore::total).max().orElse(Long.MIN_VALUE);
    return scores.entrySet().stream()
        .filter(entry -> entry.getValue().total() == highest)
        .map(Map.Entry::getKey)
        .collect(ImmutableList.toImmutableList());
  }

  private static Decision.NodeScore score(NodeRanking ranking, int row, ExtenderAnswers answers) {
    Map<String, Decision.PluginScore> plugins = ranking.scores(row);
    plugins.putAll(answers.scores(row));
    long total = plugins.values().stream().mapToLong(Decision.PluginScore::weighted).sum();
    return new Decision.NodeScore(total, ImmutableMap.copyOf(plugins));
  }

  private static Decision decision(
      Pod pod,
      Feasible feasible,
      int lookedAt,
      @Nullable String bound,
      SchedulingCycle.Result.@Nullable NoFit noFit) {
    return new Decision(
        ObjectKey.of(pod).toString(),
        noFit == null ? Decision.Outcome.SCHEDULED : Decision.Outcome.UNSCHEDULABLE,
        null,
        feasible.filters,
        feasible.infeasible,
        feasible.scores,
        noFit == null ? feasible.best : ImmutableList.of(),
        lookedAt,
        bound,
        noFit == null ? null : noFit.message(),
        noFit == null ? null : preemption(noFit));
  }

  private static Decision turnedDown(
      Pod pod,
      Decision.Outcome outcome,
      Status status,
      ImmutableList<String> filters,
      @Nullable String message) {
    return new Decision(
        ObjectKey.of(pod).toString(),
        outcome,
        status,
        filters,
        ImmutableMap.of(),
        ImmutableMap.of(),
        ImmutableList.of(),
        0,
        null,
        message,
        null);
  }

  private static Decision.@Nullable Preemption preemption(SchedulingCycle.Result.NoFit noFit) {
    if (noFit.victims().isEmpty()) {
      return null;
    }
    return new Decision.Preemption(
        Objects.requireNonNull(noFit.nominatedNode()),
        noFit.victims().stream()
            .map(victim -> ObjectKey.of(victim).toString())
            .collect(ImmutableList.toImmutableList()));
  }
}
