package io.towtank.scheduler.plugins.defaultpreemption;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.scheduler.FitError;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod fits no node, looks for one on which it would fit without some less important pods
 * (kube-scheduler: DefaultPreemption).
 *
 * <p>On a node, all less important pods are taken away in thought; then as many as possible are put
 * back, those under a disruption budget first, the more important first. Of the nodes, that is
 * chosen which has the fewest budget violations, then the least important victims, and so on:
 * {@link #BEST_FIRST}.
 */
public final class DefaultPreemption implements PreEnqueuePlugin, PostFilterPlugin {
  /** What the condition says of nodes on which less important pods are no help. */
  static final Status NO_VICTIMS =
      Status.unresolvable("No preemption victims found for incoming pod");

  static final Status PREEMPTING =
      Status.unresolvable("waiting for the preemption for this pod to be finished");

  static final Status NO_CANDIDATE =
      Status.unschedulable("preemption: no candidate node for preemption");

  static final Status NOT_HELPFUL = Status.unresolvable("Preemption is not helpful for scheduling");

  private final ClusterState state;
  private final Supplier<ImmutableList<PodDisruptionBudget>> budgets;
  private final LongSupplier epochNanos;
  private final @Nullable RandomGenerator random;
  private final ImmutableList<Extender> extenders;
  private final Predicate<Pod> isPreempting;
  private final int minCandidateNodesPercentage;
  private final int minCandidateNodesAbsolute;

  /**
   * The plugin with its arguments.
   *
   * @param random where to begin to look; null for the first node
   * @param isPreempting whether not all victims of a pod were asked to go yet
   * @param minCandidateNodesPercentage of the nodes that come into question, so many percent are
   *     looked at at least
   * @param minCandidateNodesAbsolute and so many
   */
  public DefaultPreemption(
      ClusterState state,
      Supplier<ImmutableList<PodDisruptionBudget>> budgets,
      LongSupplier epochNanos,
      @Nullable RandomGenerator random,
      ImmutableList<Extender> extenders,
      Predicate<Pod> isPreempting,
      int minCandidateNodesPercentage,
      int minCandidateNodesAbsolute) {
    this.state = state;
    this.budgets = budgets;
    this.epochNanos = epochNanos;
    this.random = random;
    this.extenders = extenders;
    this.isPreempting = isPreempting;
    this.minCandidateNodesPercentage = minCandidateNodesPercentage;
    this.minCandidateNodesAbsolute = minCandidateNodesAbsolute;
  }

  @Override
  public String name() {
    return Names.DEFAULT_PREEMPTION;
  }

  /**
   * Pods that go are why a preemptor's gate is looked at again. Whether they are a reason to try it
   * is for those to say that turned it down before.
   */
  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE,
            (pod, previous, current) -> false));
  }

  /** KEP-4832: a pod is not tried before all its victims were asked to go. */
  @Override
  public Status preEnqueue(Pod pod) {
    return isPreempting.test(pod) ? PREEMPTING : Status.SUCCESS;
  }

  @Override
  public Result postFilter(Attempt attempt) {
    String reason = ineligible(attempt);
    if (reason != null) {
      return Result.none(Status.unschedulable("preemption: " + reason), null);
    }
    Map<Status, Integer> rejections = new LinkedHashMap<>();
    Set<String> errors = new LinkedHashSet<>();
    List<Victims> candidates = new ArrayList<>();
    if (state.lowestPriority() < state.info(attempt.pod()).priority()) {
      candidates = candidates(attempt, potentialNodes(attempt), rejections, errors);
    } else {
      // Nobody is less important anywhere: no need to look at the nodes.
      int potential = potentialNodeCount(attempt);
      if (potential > 0) {
        rejections.put(NO_VICTIMS, potential);
      }
    }
    if (candidates.isEmpty() && !errors.isEmpty()) {
      String all = String.join(", ", errors);
      return Result.none(
          Status.error("preemption: " + (errors.size() == 1 ? all : "[" + all + "]")), null);
    }
    if (candidates.isEmpty()) {
      int judged = rejections.values().stream().mapToInt(Integer::intValue).sum();
      if (judged < attempt.nodes()) {
        rejections.merge(NOT_HELPFUL, attempt.nodes() - judged, Integer::sum);
      }
      String message = "preemption: " + FitError.message(attempt.nodes(), rejections);
      return Result.none(Status.unschedulable(message), "");
    }
    try {
      candidates = leftByExtenders(attempt.pod(), candidates);
    } catch (ExtenderException e) {
      return Result.none(Status.error("preemption: " + e.getMessage()), null);
    }
    if (candidates.isEmpty()) {
      return Result.none(NO_CANDIDATE, null);
    }
    Victims best = candidates.getFirst();
    Comparator<Victims> order = BEST_FIRST.thenComparing(latestStartFirst());
    for (Victims candidate : candidates) {
      if (order.compare(candidate, best) < 0) {
        best = candidate;
      }
    }
    return new Result(
        Status.SUCCESS,
        state.name(best.row()),
        best.pods().stream().map(NodePod::pod).collect(ImmutableList.toImmutableList()));
  }

  /** Where nobody is less important and no node is kept for the pod, nothing else of it matters. */
  @Override
  public boolean isSameForTemplate(Pod pod) {
    return extenders.isEmpty()
        && pod.status().nominatedNodeName() == null
        && state.lowestPriority() >= state.info(pod).priority();
  }

  /** kube-scheduler: callExtenders. */
  private List<Victims> leftByExtenders(Pod pod, List<Victims> candidates)
      throws ExtenderException {
    List<Victims> left = candidates;
    for (Extender extender : extenders) {
      if (left.isEmpty() || !extender.preempts() || !extender.isInterested(pod)) {
        continue;
      }
      try {
        left = leftBy(extender, pod, left);
      } catch (ExtenderException e) {
        if (!extender.isIgnorable()) {
          throw e;
        }
      }
    }
    return left;
  }

  private List<Victims> leftBy(Extender extender, Pod pod, List<Victims> candidates)
      throws ExtenderException {
    Map<String, Extender.Victims> asked = new LinkedHashMap<>();
    for (Victims victims : candidates) {
      asked.put(
          state.name(victims.row()),
          new Extender.Victims(
              victims.pods().stream().map(NodePod::pod).collect(ImmutableList.toImmutableList()),
              victims.budgetViolations()));
    }
    ImmutableMap<String, Extender.Chosen> chosen = extender.preempt(pod, asked);
    List<Victims> left = new ArrayList<>();
    for (Map.Entry<String, Extender.Chosen> entry : chosen.entrySet()) {
      Victims victims = victims(extender, entry.getKey(), entry.getValue());
      if (!victims.pods().isEmpty()) {
        left.add(victims);
      } else if (!extender.isIgnorable()) {
        throw new ExtenderException(
            "expected at least one victim pod on node \"" + entry.getKey() + "\"");
      }
    }
    return left;
  }

  /** kube-scheduler: convertToVictims; an extender may name any pod of any node. */
  private Victims victims(Extender extender, String node, Extender.Chosen chosen)
      throws ExtenderException {
    int row = state.row(node);
    if (row < 0) {
      throw new ExtenderException("nodeinfo not found for node name \"" + node + "\"");
    }
    ImmutableList.Builder<NodePod> pods = ImmutableList.builder();
    for (String uid : chosen.uids()) {
      NodePod found = null;
      for (int i = 0; i < state.podCount(row); i++) {
        if (uid.equals(String.valueOf(state.pod(row, i).pod().metadata().uid()))) {
          found = state.pod(row, i);
        }
      }
      if (found == null) {
        throw new ExtenderException(
            "extender: "
                + extender.name()
                + " claims to preempt pod (UID: &{"
                + uid
                + "}) on node: "
                + node
                + ", but the pod is not found on that node");
      }
      pods.add(found);
    }
    return new Victims(row, pods.build(), chosen.budgetViolations());
  }

  /** Which node is chosen (kube-scheduler: pickOneNodeForPreemption), but for start times. */
  private static final Comparator<Victims> BEST_FIRST =
      Comparator.comparingInt(Victims::budgetViolations)
          .thenComparingInt(Victims::highestPriority)
          .thenComparingLong(Victims::sumOfPriorities)
          .thenComparingInt(victims -> victims.pods().size());

  private Comparator<Victims> latestStartFirst() {
    long now = epochNanos.getAsLong();
    return Comparator.comparingLong((Victims victims) -> victims.earliestStart(now)).reversed();
  }

  /** kube-scheduler: PodEligibleToPreemptOthers; null where it is. */
  private @Nullable String ineligible(Attempt attempt) {
    Pod pod = attempt.pod();
    if ("Never".equals(pod.spec().preemptionPolicy())) {
      return "not eligible due to preemptionPolicy=Never.";
    }
    String nominated = pod.status().nominatedNodeName();
    int row = nominated == null ? -1 : state.row(nominated);
    if (row < 0 || attempt.verdict(row).code() == Code.UNSCHEDULABLE_AND_UNRESOLVABLE) {
      return null;
    }
    int priority = state.info(pod).priority();
    for (int i = 0; i < state.podCount(row); i++) {
      NodePod other = state.pod(row, i);
      if (other.info().priority() < priority && other.terminating() && preempted(other.pod())) {
        return "not eligible due to a terminating pod on the nominated node.";
      }
    }
    return null;
  }

  private static boolean preempted(Pod pod) {
    PodCondition condition = pod.status().condition("DisruptionTarget");
    return condition != null
        && condition.status() == ConditionStatus.TRUE
        && "PreemptionByScheduler".equals(condition.reason());
  }

  private static int potentialNodeCount(Attempt attempt) {
    int count = 0;
    for (Map.Entry<Status, Integer> rejection : attempt.rejections().entrySet()) {
      count += rejection.getKey().code() == Code.UNSCHEDULABLE ? rejection.getValue() : 0;
    }
    return count;
  }

  private int[] potentialNodes(Attempt attempt) {
    int[] rows = new int[state.nodeCount()];
    int count = 0;
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row) && attempt.verdict(row).code() == Code.UNSCHEDULABLE) {
        rows[count++] = row;
      }
    }
    return java.util.Arrays.copyOf(rows, count);
  }

  private List<Victims> candidates(
      Attempt attempt, int[] potential, Map<Status, Integer> rejections, Set<String> errors) {
    List<Victims> candidates = new ArrayList<>();
    boolean withoutViolation = false;
    int wanted = candidatesWanted(potential.length);
    int offset = potential.length == 0 || random == null ? 0 : random.nextInt(potential.length);
    ImmutableList<PodDisruptionBudget> allBudgets =
        potential.length == 0 ? ImmutableList.of() : budgets.get();
    for (int i = 0; i < potential.length; i++) {
      int row = potential[(offset + i) % potential.length];
      Status status = select(attempt, row, allBudgets, candidates);
      if (!status.isSuccess()) {
        rejections.merge(status, 1, Integer::sum);
        if (status.code() == Code.ERROR) {
          errors.add(status.message());
        }
        continue;
      }
      withoutViolation |= candidates.getLast().budgetViolations() == 0;
      if (withoutViolation && candidates.size() >= wanted) {
        break;
      }
    }
    return candidates;
  }

  private int candidatesWanted(int nodes) {
    long wanted =
        Math.max((long) nodes * minCandidateNodesPercentage / 100, minCandidateNodesAbsolute);
    return (int) Math.min(nodes, wanted);
  }

  /** kube-scheduler: SelectVictimsOnNode. */
  private Status select(
      Attempt attempt,
      int row,
      ImmutableList<PodDisruptionBudget> allBudgets,
      List<Victims> candidates) {
    List<NodePod> lower = lessImportant(row, state.info(attempt.pod()).priority());
    if (lower.isEmpty()) {
      return NO_VICTIMS;
    }
    lower.forEach(state::remove);
    Status fits = attempt.verdictAfterChange(row);
    if (!fits.isSuccess()) {
      lower.forEach(state::add);
      return fits;
    }
    lower.sort(Importance.mostImportantFirst(epochNanos.getAsLong()));
    List<NodePod> violating = new Budgets(allBudgets).violating(lower);
    List<NodePod> victims = new ArrayList<>();
    for (NodePod pod : violating) {
      putBackIfItFits(attempt, pod, victims);
    }
    int violations = victims.size();
    for (NodePod pod : lower) {
      if (!violating.contains(pod)) {
        putBackIfItFits(attempt, pod, victims);
      }
    }
    victims.forEach(state::add);
    if (victims.isEmpty()) {
      return Status.error("expected at least one victim pod on node \"" + state.name(row) + "\"");
    }
    victims.sort(Importance.mostImportantFirst(epochNanos.getAsLong()));
    candidates.add(new Victims(row, ImmutableList.copyOf(victims), violations));
    return Status.SUCCESS;
  }

  private List<NodePod> lessImportant(int row, int priority) {
    List<NodePod> lower = new ArrayList<>();
    for (int i = 0; i < state.podCount(row); i++) {
      NodePod pod = state.pod(row, i);
      if (pod.info().priority() < priority) {
        lower.add(pod);
      }
    }
    return lower;
  }

  private void putBackIfItFits(Attempt attempt, NodePod pod, List<NodePod> victims) {
    state.add(pod);
    if (!attempt.verdictAfterChange(pod.row()).isSuccess()) {
      state.remove(pod);
      victims.add(pod);
    }
  }
}
