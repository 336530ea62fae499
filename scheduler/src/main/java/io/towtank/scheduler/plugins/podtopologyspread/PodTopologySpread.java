package io.towtank.scheduler.plugins.podtopologyspread;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinity;
import io.towtank.api.Pod;
import io.towtank.api.Toleration;
import io.towtank.api.TopologySpreadConstraint;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.SharedRules;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Spreads pods over the domains of a topology, strictly or as a wish (kube-scheduler:
 * PodTopologySpread). Pods without constraints of their own get the default ones, for the pods that
 * the same service or controller selects.
 */
public final class PodTopologySpread implements TopologyFilterPlugin, TopologyScorePlugin {
  /** Default constraints where {@code defaultingType} is System. */
  public static final ImmutableList<TopologySpreadConstraint> SYSTEM_DEFAULTS =
      ImmutableList.of(
          softConstraint(3, SpreadConstraint.HOSTNAME),
          softConstraint(5, "topology.kubernetes.io/zone"));

  private static final String HARD = "DoNotSchedule";
  private static final String SOFT = "ScheduleAnyway";

  /** All that a rule depends on of a pod. */
  private record About(
      ImmutableList<SpreadConstraint> constraints,
      ImmutableList<Boolean> selfMatch,
      ImmutableMap<String, String> nodeSelector,
      @Nullable NodeAffinity nodeAffinity,
      ImmutableList<Toleration> tolerations,
      boolean requireAllKeys) {
    /** The same about no pods. */
    About blank() {
      return new About(
          constraints.stream()
              .map(SpreadConstraint::blank)
              .collect(ImmutableList.toImmutableList()),
          selfMatch.stream().map(matches -> false).collect(ImmutableList.toImmutableList()),
          nodeSelector,
          nodeAffinity,
          tolerations,
          requireAllKeys);
    }
  }

  private final SharedRules<About, HardSpread> hardRules = new SharedRules<>();
  private final SharedRules<About, SoftSpread> softRules = new SharedRules<>();
  private final ClusterState state;
  private final WorkloadSelectors workloads;
  private final ImmutableList<TopologySpreadConstraint> defaultConstraints;
  private final boolean systemDefaulted;

  /**
   * The plugin with its arguments.
   *
   * @param defaultConstraints null for {@link #SYSTEM_DEFAULTS}
   */
  public PodTopologySpread(
      ClusterState state,
      WorkloadSelectors workloads,
      @Nullable ImmutableList<TopologySpreadConstraint> defaultConstraints) {
    this.state = state;
    this.workloads = workloads;
    this.systemDefaulted = defaultConstraints == null;
    this.defaultConstraints = defaultConstraints == null ? SYSTEM_DEFAULTS : defaultConstraints;
  }

  private static TopologySpreadConstraint softConstraint(int maxSkew, String key) {
    return new TopologySpreadConstraint(
        maxSkew, key, SOFT, null, null, null, null, ImmutableList.of(), Fields.NONE);
  }

  @Override
  public String name() {
    return Names.POD_TOPOLOGY_SPREAD;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.ADD | ClusterEvent.DELETE | ClusterEvent.UPDATE_POD_LABEL,
            this::podMayHelp),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD,
            ClusterEvent.UPDATE_POD_LABEL | ClusterEvent.UPDATE_POD_TOLERATIONS,
            this::ownChangeMayHelp),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD
                | ClusterEvent.DELETE
                | ClusterEvent.UPDATE_NODE_LABEL
                | ClusterEvent.UPDATE_NODE_TAINT,
            this::nodeMayHelp));
  }

  /** A pod that counts for one of the constraints came, left, or came to count or not to. */
  private boolean podMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    ImmutableList<SpreadConstraint> constraints = constraints(state.info(waiting), HARD);
    for (SpreadConstraint constraint : constraints) {
      if (counts(constraint, previous) != counts(constraint, current)) {
        return true;
      }
    }
    return false;
  }

  private boolean counts(SpreadConstraint constraint, @Nullable KubeObject object) {
    return object instanceof Pod pod && constraint.selector().matches(state.info(pod).labelClass());
  }

  private boolean ownChangeMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    return podMayHelp(waiting, previous, current)
        || (previous instanceof Pod before
            && current instanceof Pod now
            && !before.spec().tolerations().equals(now.spec().tolerations())
            && constraints(state.info(now), HARD).stream().anyMatch(SpreadConstraint::honorTaints));
  }

  /** A node that belongs to domains came or left, or one came to belong to others. */
  private boolean nodeMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    ImmutableList<SpreadConstraint> constraints = constraints(state.info(waiting), HARD);
    boolean belonged = hasKeys(constraints, previous);
    boolean belongs = hasKeys(constraints, current);
    if (belonged != belongs || !(previous instanceof Node before)) {
      return belonged || belongs;
    }
    return belongs
        && current instanceof Node now
        && (!before.spec().taints().equals(now.spec().taints())
            || constraints.stream()
                .map(constraint -> constraint.key().key())
                .anyMatch(key -> !Objects.equals(label(before, key), label(now, key))));
  }

  private static @Nullable String label(Node node, String key) {
    return node.metadata().labels().get(key);
  }

  private static boolean hasKeys(
      ImmutableList<SpreadConstraint> constraints, @Nullable KubeObject object) {
    return object instanceof Node node
        && constraints.stream().allMatch(c -> node.metadata().labels().containsKey(c.key().key()));
  }

  @Override
  public long generation(PodInfo pod) {
    if (!pod.spec().topologySpreadConstraints().isEmpty() || defaultConstraints.isEmpty()) {
      return 0;
    }
    return workloads.generation(pod);
  }

  @Override
  public PreFilterResult<TopologyFilter> preFilter(PodInfo pod) {
    ImmutableList<SpreadConstraint> constraints = constraints(pod, HARD);
    return constraints.isEmpty()
        ? PreFilterResult.skip()
        : PreFilterResult.demand(hardRule(about(pod, constraints, true), pod));
  }

  @Override
  public @Nullable TopologyScore preScore(PodInfo pod) {
    ImmutableList<SpreadConstraint> constraints = constraints(pod, SOFT);
    // Default constraints of the system do without labels that a cluster may not have.
    boolean requireAllKeys = !pod.spec().topologySpreadConstraints().isEmpty() || !systemDefaulted;
    return constraints.isEmpty() ? null : softRule(about(pod, constraints, requireAllKeys), pod);
  }

  private HardSpread hardRule(About about, PodInfo pod) {
    return hardRules.of(
        about,
        a -> {
          About blank = a.blank();
          return new HardSpread(
              state, pod, a.constraints, a.equals(blank) ? null : hardRule(blank, pod));
        });
  }

  private SoftSpread softRule(About about, PodInfo pod) {
    return softRules.of(
        about,
        a -> {
          About blank = a.blank();
          return new SoftSpread(
              state,
              pod,
              a.constraints,
              a.requireAllKeys,
              a.equals(blank) ? null : softRule(blank, pod));
        });
  }

  private static About about(
      PodInfo pod, ImmutableList<SpreadConstraint> constraints, boolean requireAllKeys) {
    Affinity affinity = pod.spec().affinity();
    return new About(
        constraints,
        constraints.stream()
            .map(c -> c.selector().matches(pod.labelClass()))
            .collect(ImmutableList.toImmutableList()),
        pod.spec().nodeSelector(),
        affinity == null ? null : affinity.nodeAffinity(),
        constraints.stream().anyMatch(SpreadConstraint::honorTaints)
            ? pod.spec().tolerations()
            : ImmutableList.of(),
        requireAllKeys);
  }

  private ImmutableList<SpreadConstraint> constraints(PodInfo pod, String action) {
    ImmutableList<TopologySpreadConstraint> own = pod.spec().topologySpreadConstraints();
    if (!own.isEmpty()) {
      return own.stream()
          .filter(c -> c.whenUnsatisfiable().equals(action))
          .map(c -> compile(c, ownSelector(pod, c)))
          .collect(ImmutableList.toImmutableList());
    }
    PodSelector selector = defaultConstraints.isEmpty() ? null : workloads.selector(pod);
    if (selector == null) {
      return ImmutableList.of();
    }
    return defaultConstraints.stream()
        .filter(c -> c.whenUnsatisfiable().equals(action))
        .map(c -> compile(c, selector))
        .collect(ImmutableList.toImmutableList());
  }

  private PodSelector ownSelector(PodInfo pod, TopologySpreadConstraint constraint) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    for (String key : constraint.matchLabelKeys()) {
      String value = pod.labels().get(key);
      if (value != null) {
        labels.put(key, value);
      }
    }
    return state.selector(pod.namespace(), constraint.labelSelector(), labels.buildKeepingLast());
  }

  private SpreadConstraint compile(TopologySpreadConstraint constraint, PodSelector selector) {
    return new SpreadConstraint(
        constraint.maxSkew(),
        state.labels(constraint.topologyKey()),
        selector,
        constraint.minDomains() == null ? 1 : constraint.minDomains(),
        !"Ignore".equals(constraint.nodeAffinityPolicy()),
        "Honor".equals(constraint.nodeTaintsPolicy()));
  }
}
