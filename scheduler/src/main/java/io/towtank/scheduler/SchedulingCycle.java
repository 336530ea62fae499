package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds a node for a pod: filter, score, and, where none fits, a way out (kube-scheduler:
 * schedulingCycle, up to but without Reserve).
 */
final class SchedulingCycle {
  private static final long RANKINGS_MEMORY = 256L << 20;
  private static final long BYTES_OF_RANKING = 16 << 10;
  private static final long BYTES_BY_ROW = 24;
  private static final int MIN_RANKINGS = 32;
  private static final int NONE = -1;

  /** What came of it. */
  sealed interface Result {
    /**
     * A node was found.
     *
     * @param evaluatedNodes how many were looked at
     */
    record Found(int row, int evaluatedNodes) implements Result {}

    /** The pod could not be judged. */
    record Failed(String message) implements Result {}

    /**
     * None was found.
     *
     * @param message what the pod's condition is to say
     * @param plugins who turned nodes down: what helps them may help the pod
     * @param pendingPlugins those of them that wait for something outside the scheduler
     * @param rejections how many nodes were turned down with each status
     * @param nominatedNode as in {@link PostFilterPlugin.Result}
     * @param victims the pods that have to leave it
     */
    record NoFit(
        String message,
        ImmutableSet<String> plugins,
        ImmutableSet<String> pendingPlugins,
        Map<Status, Integer> rejections,
        @Nullable String nominatedNode,
        ImmutableList<Pod> victims)
        implements Result {
      /** Nobody looks for a way out. */
      static NoFit outright(String message, Map<Status, Integer> rejections) {
        return of(message, ImmutableSet.of(), rejections, "", ImmutableList.of());
      }

      /**
       * @param restrictedBy plugins that left only some nodes
       */
      static NoFit of(
          String message,
          Set<String> restrictedBy,
          Map<Status, Integer> rejections,
          @Nullable String nominatedNode,
          ImmutableList<Pod> victims) {
        ImmutableSet.Builder<String> plugins = ImmutableSet.builder();
        ImmutableSet.Builder<String> pending = ImmutableSet.builder();
        for (Status status : rejections.keySet()) {
          if (status.code() == Code.PENDING) {
            pending.add(status.plugin());
          } else if (!status.plugin().equals(NodeRanking.PRE_FILTER)) {
            plugins.add(status.plugin());
          }
        }
        plugins.addAll(restrictedBy);
        return new NoFit(
            message, plugins.build(), pending.build(), rejections, nominatedNode, victims);
      }
    }
  }

  private record RankingKey(String schedulerName, PodInfo pod) {}

  private final ClusterState state;
  private final PodNominator nominator;
  private @Nullable RandomGenerator random;
  private final ImmutableList<Extender> extenders;
  private final NodeOrder order;
  private NodeSampler sampler;
  private final ExtenderAnswers.Rows nodes;
  private final RankingMemory rankingMemory = new RankingMemory();
  private final KindVerdicts.Known knownKinds = new KindVerdicts.Known();
  private final Map<RankingKey, NodeRanking> rankings =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RankingKey, NodeRanking> eldest) {
          return size() > maxRankings();
        }
      };
  private @Nullable String lastProfile;
  private @Nullable PodInfo lastPod;
  private @Nullable NodeRanking lastRanking;
  private @Nullable SamplingMeter meter;

  // Of the last attempt: how many nodes were looked at, what came of it where none was found, and
  // the rows that pods nominated for them leave no room on.
  private int evaluatedNodes;
  private @Nullable Result unplaced;
  private @Nullable ExtenderAnswers extenderAnswers;
  private final Map<Integer, Status> heldByNominated = new LinkedHashMap<>();

  /**
   * @param random for ties; null to take the first
   * @param extenders are asked about the nodes that the plugins leave
   */
  SchedulingCycle(
      ClusterState state,
      PodNominator nominator,
      @Nullable RandomGenerator random,
      ImmutableList<Extender> extenders) {
    this.state = state;
    this.extenders = extenders;
    this.nominator = nominator;
    this.random = random;
    this.order = new NodeOrder(state);
    this.sampler = new NodeSampler(state, order);
    this.nodes =
        new ExtenderAnswers.Rows() {
          @Override
          public String name(int row) {
            return state.name(row);
          }

          @Override
          public int row(String name) {
            return state.row(name);
          }
        };
  }

  /**
   * Has decisions be compared with those from a sample, or from all nodes, from now on.
   *
   * @param random for ties, of a stream that nothing else draws from; null to take the first
   */
  SamplingMeter compareSampling(@Nullable RandomGenerator random) {
    SamplingMeter made = new SamplingMeter(state, order, random);
    meter = made;
    return made;
  }

  /**
   * Does something as if it were an attempt, of which nothing is left: the next attempt begins
   * where it would have, chance takes the same course, and nothing is compared. Ties go to the
   * first.
   */
  <T> T onTrial(Supplier<T> attempt) {
    NodeSampler samplerBefore = sampler;
    RandomGenerator randomBefore = random;
    SamplingMeter meterBefore = meter;
    sampler = samplerBefore.copy();
    random = null;
    meter = null;
    try {
      return attempt.get();
    } finally {
      sampler = samplerBefore;
      random = randomBefore;
      meter = meterBefore;
    }
  }

  private long maxRankings() {
    return Math.max(
        MIN_RANKINGS, RANKINGS_MEMORY / (BYTES_OF_RANKING + BYTES_BY_ROW * state.rows()));
  }

  /** The ranking of nodes for pods like this one, up to date. */
  NodeRanking ranking(Profile profile, PodInfo pod) {
    NodeRanking ranking = known(profile, pod);
    ranking.catchUp();
    return ranking;
  }

  private NodeRanking known(Profile profile, PodInfo pod) {
    NodeRanking ranking = lastRanking;
    if (ranking == null || pod != lastPod || !profile.schedulerName().equals(lastProfile)) {
      ranking =
          rankings.computeIfAbsent(
              new RankingKey(profile.schedulerName(), pod),
              k -> new NodeRanking(state, profile, pod, rankingMemory, knownKinds));
      lastRanking = ranking;
      lastPod = pod;
      lastProfile = profile.schedulerName();
    }
    return ranking;
  }

  /** The first ranking that differs from one that is made anew, and how; null where none does. */
  @Nullable String firstDifference() {
    for (NodeRanking ranking : rankings.values()) {
      String difference = ranking.firstDifference();
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /** Looks for a node. */
  Result schedule(Profile profile, Pod pod) {
    int row = place(profile, pod);
    return row >= 0 ? new Result.Found(row, evaluatedNodes) : Objects.requireNonNull(unplaced);
  }

  /**
   * Looks for a node, without anything to be told about it: nothing is allocated where pods of the
   * template were seen before and one is found.
   *
   * @return the node's row, -1 where there is none
   */
  int place(Profile profile, Pod pod) {
    unplaced = null;
    extenderAnswers = null;
    if (state.nodeCount() == 0) {
      unplaced = Result.NoFit.outright("no nodes available to schedule pods", ImmutableMap.of());
      return NONE;
    }
    PodInfo info = state.info(pod);
    NodeRanking ranking = ranking(profile, info);
    Status rejection = ranking.rejection();
    if (rejection != null) {
      unplaced =
          Result.NoFit.outright(
              FitError.message(state.nodeCount(), rejection),
              ImmutableMap.of(rejection, state.nodeCount()));
      return NONE;
    }
    heldByNominated.clear();
    if (nominator.isEmpty()) {
      return choose(profile, ranking, pod);
    }
    int nominatedRow = nominatedRow(pod);
    if (nominatedRow >= 0
        && fitsWithNominated(ranking, nominatedRow, pod, info).isSuccess()
        && extendersKeep(nominatedRow, pod)) {
      evaluatedNodes = 1;
      return nominatedRow;
    }
    excludeNominated(ranking, pod, info, false);
    int row = choose(profile, ranking, pod);
    releaseNominated(ranking);
    return row;
  }

  /**
   * How many nodes an attempt at a pod would look at now, which is what it takes time for. Where
   * nodes are sampled it is those up to the last that is wanted, whether they fit or not.
   */
  int nodesToLookAt(Profile profile, Pod pod) {
    if (state.nodeCount() == 0) {
      return 0;
    }
    NodeRanking ranking = known(profile, state.info(pod));
    ranking.renew();
    if (ranking.rejection() != null) {
      return 0;
    }
    ImmutableSet<String> names = ranking.nodeNames();
    if (profile.scoresAllNodes()) {
      return names == null ? state.nodeCount() : names.size();
    }
    ranking.catchUp();
    return sampler.look(ranking, wanted(profile, ranking)).looked();
  }

  private int nominatedRow(Pod pod) {
    String name = nominator.nodeOf(ObjectKey.of(pod));
    return name == null ? -1 : state.row(name);
  }

  private int choose(Profile profile, NodeRanking ranking, Pod pod) {
    int row =
        !extenders.isEmpty()
            ? withExtenders(profile, ranking, pod)
            : profile.scoresAllNodes() ? bestOfAll(ranking) : sample(profile, ranking);
    if (row < 0 && unplaced == null) {
      unplaced = noFit(profile, ranking, pod, ImmutableMap.of());
    }
    if (row >= 0 && meter != null) {
      if (extenders.stream().anyMatch(extender -> extender.isInterested(pod))) {
        meter.leaveOut(profile);
      } else {
        meter.compare(profile, ranking, row, evaluatedNodes);
      }
    }
    return row;
  }

  private int bestOfAll(NodeRanking ranking) {
    evaluatedNodes = state.nodeCount();
    return random == null ? ranking.best() : ranking.best(random);
  }

  /** kube-scheduler: findNodesThatPassFilters with numFeasibleNodesToFind. */
  private int sample(Profile profile, NodeRanking ranking) {
    NodeSampler.Sample sample = sampler.take(ranking, wanted(profile, ranking));
    evaluatedNodes = sample.looked();
    int[] rows = sample.rows().toArray();
    return rows.length == 0 ? NONE : ranking.bestOf(rows, rows.length, random);
  }

  /** Where an extender has a say, one node is not enough even if no plugin scores. */
  private int wanted(Profile profile, NodeRanking ranking) {
    int nodes = sampler.candidates(ranking).length;
    return extenders.stream().anyMatch(extender -> extender.filters() || extender.prioritizes())
        ? NodeSampler.feasibleNodesToFind(nodes, profile.percentageOfNodesToScore())
        : profile.feasibleNodesToFind(nodes);
  }

  // Extenders

  /** What extenders said in the last attempt; null where none was asked. */
  @Nullable ExtenderAnswers extenderAnswers() {
    return extenderAnswers;
  }

  /** kube-scheduler: findNodesThatPassExtenders, prioritizeNodes. */
  private int withExtenders(Profile profile, NodeRanking ranking, Pod pod) {
    boolean all = profile.scoresAllNodes();
    NodeSampler.Sample sample =
        all
            ? sampler.look(ranking, sampler.candidates(ranking).length)
            : sampler.take(ranking, wanted(profile, ranking));
    ExtenderAnswers answers = new ExtenderAnswers();
    extenderAnswers = answers;
    for (int row : sampler.notLookedAt(ranking, sample)) {
      answers.notLookedAt(row);
    }
    List<Integer> rows = new ArrayList<>(sample.rows().asList());
    if (all) {
      rows.sort(null);
    }
    for (Extender extender : extenders) {
      if (extender.filters() && extender.isInterested(pod) && !rows.isEmpty()) {
        try {
          Extender.Filtered filtered = extender.filter(pod, nodes(rows));
          answers.filtered(extender, rows, nodes, filtered);
          rows.removeIf(row -> !filtered.nodes().contains(state.name(row)));
        } catch (ExtenderException e) {
          if (!extender.isIgnorable()) {
            unplaced = new Result.Failed(String.valueOf(e.getMessage()));
            return NONE;
          }
        }
      }
    }
    if (rows.isEmpty()) {
      unplaced = noFit(profile, ranking, pod, answers.verdicts());
      return NONE;
    }
    int[] left = rows.stream().mapToInt(Integer::intValue).toArray();
    evaluatedNodes = sample.looked();
    return ranking.bestOf(left, left.length, extenderScores(pod, rows, answers), random);
  }

  private List<Node> nodes(List<Integer> rows) {
    return rows.stream().map(state::node).toList();
  }

  /** kube-scheduler: evaluateNominatedNode. */
  private boolean extendersKeep(int row, Pod pod) {
    for (Extender extender : extenders) {
      if (extender.filters() && extender.isInterested(pod)) {
        try {
          if (!extender.filter(pod, List.of(state.node(row))).nodes().contains(state.name(row))) {
            return false;
          }
        } catch (ExtenderException e) {
          if (!extender.isIgnorable()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** What extenders add to each node's score. One that fails adds nothing. */
  private long[] extenderScores(Pod pod, List<Integer> rows, ExtenderAnswers answers) {
    for (Extender extender : extenders) {
      if (extender.prioritizes() && extender.isInterested(pod) && rows.size() > 1) {
        try {
          ImmutableMap<String, Decision.PluginScore> given = extender.prioritize(pod, nodes(rows));
          for (int row : rows) {
            Decision.PluginScore score = given.get(state.name(row));
            if (score != null) {
              answers.scored(extender, row, score);
            }
          }
        } catch (ExtenderException e) {
          // As kube-scheduler does: the others decide.
        }
      }
    }
    return rows.stream().mapToLong(answers::added).toArray();
  }

  private Result.NoFit noFit(
      Profile profile, NodeRanking ranking, Pod pod, Map<Integer, Status> overruled) {
    if (!extenders.isEmpty() || !nominator.isEmpty() || !isSameForTemplate(profile, pod)) {
      return newNoFit(profile, ranking, pod, overruled);
    }
    Result.NoFit known = ranking.noFit();
    if (known == null) {
      known = newNoFit(profile, ranking, pod, overruled);
      ranking.remember(known);
    }
    return known;
  }

  private static boolean isSameForTemplate(Profile profile, Pod pod) {
    for (int i = 0; i < profile.postFilters().size(); i++) {
      if (!profile.postFilters().get(i).isSameForTemplate(pod)) {
        return false;
      }
    }
    return true;
  }

  /** kube-scheduler: FitError, RunPostFilterPlugins. */
  private Result.NoFit newNoFit(
      Profile profile, NodeRanking ranking, Pod pod, Map<Integer, Status> overruled) {
    PodInfo info = state.info(pod);
    excludeNominated(ranking, pod, info, true);
    Map<Status, Integer> rejections =
        overruled.isEmpty() ? ranking.rejections() : rejections(ranking, overruled);
    // Preemption asks what would be if pods were not there, nominated ones included.
    releaseNominated(ranking);
    String message = FitError.message(state.nodeCount(), rejections);
    List<String> reasons = new ArrayList<>();
    String nominated = null;
    ImmutableList<Pod> victims = ImmutableList.of();
    for (PostFilterPlugin plugin : profile.postFilters()) {
      PostFilterPlugin.Result result =
          plugin.postFilter(attempt(ranking, rejections, overruled, pod));
      Status status = result.status();
      if (status.code() != Code.UNSCHEDULABLE) {
        // Nobody is asked any more, and what those before had to say is not told.
        nominated = status.code() == Code.ERROR ? null : result.nominatedNode();
        victims = result.victims();
        reasons.clear();
        reasons.addAll(status.reasons());
        break;
      }
      if (result.nominatedNode() != null) {
        nominated = result.nominatedNode();
      }
      reasons.addAll(status.reasons());
    }
    if (!reasons.isEmpty()) {
      message += " " + String.join(", ", reasons);
    }
    return Result.NoFit.of(message, ranking.restrictedBy(), rejections, nominated, victims);
  }

  /** As {@link NodeRanking#rejections}, but for rows on which others have the last word. */
  private Map<Status, Integer> rejections(NodeRanking ranking, Map<Integer, Status> overruled) {
    Map<Status, Integer> rejections = new LinkedHashMap<>();
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row)) {
        Status other = overruled.get(row);
        rejections.merge(other == null ? ranking.verdict(row) : other, 1, Integer::sum);
      }
    }
    return rejections;
  }

  private PostFilterPlugin.Attempt attempt(
      NodeRanking ranking,
      Map<Status, Integer> rejections,
      Map<Integer, Status> overruled,
      Pod pod) {
    PodInfo info = state.info(pod);
    return new PostFilterPlugin.Attempt() {
      @Override
      public Pod pod() {
        return pod;
      }

      @Override
      public int nodes() {
        return state.nodeCount();
      }

      @Override
      public Map<Status, Integer> rejections() {
        return rejections;
      }

      @Override
      public Status verdict(int row) {
        Status other = overruled.get(row);
        Status held = other == null ? heldByNominated.get(row) : other;
        if (held != null) {
          return held;
        }
        ranking.catchUp();
        return ranking.verdict(row);
      }

      @Override
      public Status verdictAfterChange(int row) {
        ranking.catchUp();
        return fitsWithNominated(ranking, row, pod, info);
      }
    };
  }

  // Nominated pods

  /** What the filters say of a row with and without the pods that are nominated for it. */
  private Status fitsWithNominated(NodeRanking ranking, int row, Pod pod, PodInfo info) {
    List<NodePod> added = addNominated(row, pod, info);
    if (!added.isEmpty()) {
      ranking.catchUp();
      Status with = ranking.verdict(row);
      added.forEach(state::remove);
      ranking.catchUp();
      if (!with.isSuccess()) {
        return with;
      }
    }
    return ranking.verdict(row);
  }

  private List<NodePod> addNominated(int row, Pod pod, PodInfo info) {
    List<NodePod> added = new ArrayList<>();
    for (Pod other : nominator.podsOf(state.name(row))) {
      PodInfo its = state.info(other);
      ObjectKey key = ObjectKey.of(other);
      if (its.priority() >= info.priority()
          && !key.equals(ObjectKey.of(pod))
          && state.pod(key) == null) {
        added.add(state.assume(other, its, row));
      }
    }
    return added;
  }

  /**
   * Has nodes count as turned down that pods nominated for them leave no room on, until {@link
   * #releaseNominated}. What the filters say with those pods goes before what they say without.
   *
   * @param all also those that are turned down anyhow: it costs, and matters only to why
   */
  private void excludeNominated(NodeRanking ranking, Pod pod, PodInfo info, boolean all) {
    ImmutableSet<String> left = ranking.nodeNames();
    for (String name : nominator.nodes()) {
      int row = state.row(name);
      if (row < 0
          || heldByNominated.containsKey(row)
          || (left != null && !left.contains(name))
          || (!all && !ranking.verdict(row).isSuccess())) {
        continue;
      }
      Status status = fitsWithNominated(ranking, row, pod, info);
      if (!status.isSuccess() && !status.equals(ranking.verdict(row))) {
        heldByNominated.put(row, status);
        ranking.exclude(row, status);
      }
    }
  }

  /** The same of all nodes, whatever was found out before: for explanations. */
  void excludeNominated(NodeRanking ranking, Pod pod, PodInfo info) {
    heldByNominated.clear();
    excludeNominated(ranking, pod, info, true);
  }

  /** Undoes {@link #excludeNominated} to the ranking; the rows are remembered. */
  void releaseNominated(NodeRanking ranking) {
    heldByNominated.keySet().forEach(ranking::release);
  }
}
