package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.DaemonSet;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Timestamps;
import io.towtank.autoscaler.ScaleDownPlanner.GroupNode;
import io.towtank.autoscaler.ScaleDownPlanner.Unneeded;
import io.towtank.autoscaler.ScaleUpPlanner.GroupState;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * cluster-autoscaler as a component: has node groups grow for pods that fit nowhere, and gives up
 * nodes that nobody needs (StaticAutoscaler.RunOnce).
 *
 * <p>The real one looks at the cluster every scan interval. This one does so at the same times, but
 * only if anything has changed since that could matter, or if time alone makes a difference. So
 * {@code NotTriggerScaleUp} is told when something has changed, not every 10 s.
 */
public final class ClusterAutoscaler implements Component {
  /** Its name, also in events. */
  public static final String NAME = "cluster-autoscaler";

  /** How long to wait with nodes for a pod, as in {@code 600s}. */
  static final String SCALE_UP_DELAY = "cluster-autoscaler.kubernetes.io/pod-scale-up-delay";

  private static final long SECOND = 1_000_000_000L;
  // static_autoscaler.go: unschedulablePodTimeBuffer
  private static final long POD_TIME_BUFFER_NANOS = 2 * SECOND;

  private final ComponentContext context;
  private final Simulation simulation;
  private final ClusterAutoscalerOptions options;
  private final CloudProvider cloud;
  private final Consumer<ScalingDecision> decisions;
  private final ClusterSnapshot snapshot;
  private final ScaleUpPlanner scaleUp;
  private final ScaleDownPlanner scaleDown;
  private final Backoffs backoffs = new Backoffs();
  private final Informer<DaemonSet> daemonSets;
  private final Informer<PodDisruptionBudget> budgets;
  private final Map<ObjectKey, Pod> unschedulable = new LinkedHashMap<>();
  private final ScaleDownActuator actuator;
  private final Readiness readiness;
  private final StatusConfigMap status;
  private final long[] scans;
  private final long[] nodesAdded;
  private final long[] unhealthyScans;
  private long startNanos;
  private long scanTimer;
  private long scanAtNanos;
  private long recheckTimer;
  private long recheckAtNanos;
  private boolean budgetsChanged;
  private long plannedVersion = -1;
  private long planAgainNanos;

  /**
   * @param configuration the scheduler's, whose filters decide where pods fit
   * @param decisions is told of each
   */
  public ClusterAutoscaler(
      ComponentContext context,
      SchedulerConfiguration configuration,
      ClusterAutoscalerOptions options,
      CloudProvider cloud,
      Consumer<ScalingDecision> decisions) {
    this.context = context;
    this.simulation = context.simulation();
    this.options = options;
    this.cloud = cloud;
    this.decisions = decisions;
    this.snapshot = new ClusterSnapshot(configuration);
    this.readiness = new Readiness(options);
    this.status = new StatusConfigMap(context.client());
    this.scaleUp =
        new ScaleUpPlanner(
            snapshot, options, new Priorities(context, options)::get, context.random());
    this.scaleDown = new ScaleDownPlanner(snapshot, this::replicas, options);
    this.actuator =
        new ScaleDownActuator(
            context, options, cloud, snapshot, scaleDown, decisions, this::scanAt);
    this.daemonSets = context.informers().informer(Kinds.DAEMON_SET);
    this.budgets = context.informers().informer(Kinds.POD_DISRUPTION_BUDGET);
    this.scans = context.recorder().counter(NAME + "/scans");
    this.nodesAdded = context.recorder().counter(NAME + "/nodesRequested");
    this.unhealthyScans = context.recorder().counter(NAME + "/unhealthyScans");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    startNanos = simulation.nanos();
    watch(Kinds.NODE, this::nodeSeen);
    watch(Kinds.POD, this::podSeen);
    watch(
        Kinds.POD_DISRUPTION_BUDGET,
        (previous, current) -> {
          budgetsChanged = true;
          scanSoon();
        });
    watch(Kinds.DAEMON_SET, (previous, current) -> {});
    for (Kind<?> kind :
        ImmutableList.of(
            Kinds.NAMESPACE,
            Kinds.SERVICE,
            Kinds.REPLICA_SET,
            Kinds.STATEFUL_SET,
            Kinds.STORAGE_CLASS,
            Kinds.PERSISTENT_VOLUME,
            Kinds.PERSISTENT_VOLUME_CLAIM,
            Kinds.CSI_NODE)) {
      watch(kind, this::otherSeen);
    }
  }

  private <T extends KubeObject> void watch(Kind<T> kind, WatchListener.ForEach<? super T> change) {
    context.informers().informer(kind).addHandler(WatchListener.ofEach(change));
  }

  // What is seen

  private void otherSeen(@Nullable KubeObject previous, @Nullable KubeObject current) {
    if (current != null) {
      snapshot.add(current);
    } else if (previous != null) {
      snapshot.forget(previous);
    }
  }

  private void nodeSeen(@Nullable Node previous, @Nullable Node current) {
    if (current == null) {
      if (previous != null) {
        nodeGone(previous);
      }
      return;
    }
    if (previous != null
        && previous.spec().equals(current.spec())
        && previous.isReady() == current.isReady()
        && previous.status().allocatable().equals(current.status().allocatable())
        && previous.metadata().labels().equals(current.metadata().labels())
        && previous.metadata().annotations().equals(current.metadata().annotations())) {
      return;
    }
    snapshot.add(current);
    readiness.seen(current);
    if (cloud.groupOf(current.name()) != null) {
      actuator.seen(current);
    }
    scanSoon();
  }

  private void nodeGone(Node node) {
    snapshot.forget(node);
    readiness.gone(node.name());
    actuator.gone(node.name());
    cloud.gone(node.name());
    scanSoon();
  }

  private void podSeen(@Nullable Pod previous, @Nullable Pod current) {
    if (current == null) {
      if (previous != null) {
        podGone(previous);
      }
      return;
    }
    if (current.nodeName() == null) {
      if (isUnschedulable(current)) {
        if (unschedulable.put(ObjectKey.of(current), current) == null) {
          scanSoon();
        }
      } else if (previous != null) {
        unschedulable.remove(ObjectKey.of(current));
      }
      return;
    }
    boolean placed = previous == null || previous.nodeName() == null;
    if (placed) {
      unschedulable.remove(ObjectKey.of(current));
    }
    boolean ended = current.status().phase().isTerminal();
    boolean endedBefore = previous != null && previous.status().phase().isTerminal();
    boolean deleting = current.metadata().deletionTimestamp() != Timestamps.NONE;
    boolean deletingBefore =
        previous != null && previous.metadata().deletionTimestamp() != Timestamps.NONE;
    if (placed
        || ended != endedBefore
        || deleting != deletingBefore
        || changed(previous, current)) {
      if (!isExpendable(current)) {
        snapshot.add(current);
      }
      scanSoon();
      if (ended) {
        actuator.podLeft(current.nodeName());
      }
    }
  }

  /**
   * Whether a pod is of too little worth to be looked after: no node comes for it, and none stays
   * (FilterOutExpendablePods).
   */
  private boolean isExpendable(Pod pod) {
    return snapshot.info(pod).priority() < options.expendablePodsPriorityCutoff();
  }

  // Pods that share their spec, as most do, need no look into it.
  @SuppressWarnings("ReferenceEquality")
  private static boolean changed(@Nullable Pod previous, Pod current) {
    return previous != null
        && (previous.spec() != current.spec()
            || previous.metadata().labels() != current.metadata().labels()
            || previous.metadata().annotations() != current.metadata().annotations());
  }

  private void podGone(Pod pod) {
    unschedulable.remove(ObjectKey.of(pod));
    String node = pod.nodeName();
    if (node != null) {
      snapshot.forget(pod);
      actuator.podLeft(node);
      scanSoon();
    }
  }

  private static boolean isUnschedulable(Pod pod) {
    PodCondition scheduled = pod.status().condition("PodScheduled");
    return pod.metadata().deletionTimestamp() == Timestamps.NONE
        && scheduled != null
        && scheduled.status() == ConditionStatus.FALSE
        && "Unschedulable".equals(scheduled.reason());
  }

  // When it looks

  private void scanSoon() {
    scanAt(simulation.nanos() + 1);
  }

  /** Looks at the first of its times that is not before a time. */
  private void scanAt(long nanos) {
    long interval = options.scanIntervalNanos();
    long at = startNanos + Math.ceilDiv(Math.max(0, nanos - startNanos), interval) * interval;
    if (scanTimer != 0) {
      if (scanAtNanos <= at) {
        return;
      }
      simulation.cancel(scanTimer);
    }
    scanAtNanos = at;
    scanTimer = simulation.schedule(at - simulation.nanos(), this::scan);
  }

  private void scan() {
    scanTimer = 0;
    scans[0]++;
    long now = simulation.nanos();
    expireRequests(now);
    if (!readiness.isHealthy(counts())) {
      scaleDown.clear();
      unhealthyScans[0]++;
      writeStatus(now);
      scanWhenDue(now);
      return;
    }
    int mark = snapshot.mark();
    List<Pod> pending = notOnNodes(pending(now));
    boolean wait = !pending.isEmpty() && helpAll(pending, now);
    if (!wait && options.scaleDownEnabled()) {
      updateUnneeded(now, mark);
      snapshot.revert(mark);
      actuator.giveUpNodes(now);
    }
    snapshot.revert(mark);
    writeStatus(now);
    scanWhenDue(simulation.nanos());
  }

  // How it all is doing

  private Readiness.Counts counts() {
    int unregistered = 0;
    for (NodeGroup group : cloud.nodeGroups()) {
      unregistered += creating(group);
    }
    return readiness.all(actuator::isGoing, unregistered, simulation.epochNanos());
  }

  private Readiness.Counts counts(NodeGroup group) {
    return readiness.of(cloud.machines(group), actuator::isGoing, simulation.epochNanos());
  }

  private void writeStatus(long now) {
    ImmutableList.Builder<StatusConfigMap.Part> groups = ImmutableList.builder();
    boolean growing = false;
    for (NodeGroup group : cloud.nodeGroups()) {
      Readiness.Counts counts = counts(group);
      boolean healthy = readiness.isHealthy(counts, cloud.targetSize(group));
      boolean grows = counts.unregistered() > 0;
      growing |= grows;
      boolean backingOff = backoffs.isBackingOff(group, now);
      int candidates = 0;
      for (Unneeded node : scaleDown.unneeded().values()) {
        candidates += node.group().equals(group) ? 1 : 0;
      }
      groups.add(
          new StatusConfigMap.Part(
              group,
              healthy,
              counts,
              cloud.targetSize(group),
              grows
                  ? StatusConfigMap.ScaleUp.IN_PROGRESS
                  : !healthy
                      ? StatusConfigMap.ScaleUp.UNHEALTHY
                      : backingOff
                          ? StatusConfigMap.ScaleUp.BACKOFF
                          : StatusConfigMap.ScaleUp.NO_ACTIVITY,
              backingOff && !grows && healthy
                  ? "Scale-up timed out for node group " + group.name()
                  : null,
              candidates));
    }
    Readiness.Counts all = counts();
    status.write(
        ImmutableList.<StatusConfigMap.Part>builder()
            .add(
                new StatusConfigMap.Part(
                    null,
                    readiness.isHealthy(all),
                    all,
                    0,
                    growing
                        ? StatusConfigMap.ScaleUp.IN_PROGRESS
                        : StatusConfigMap.ScaleUp.NO_ACTIVITY,
                    null,
                    scaleDown.unneeded().size()))
            .addAll(groups.build())
            .build(),
        simulation.epochNanos());
  }

  /** Time alone can make a difference: pods are no longer new, nodes were unneeded for long. */
  private void scanWhenDue(long now) {
    long next = Long.MAX_VALUE;
    if (!unschedulable.isEmpty()) {
      next = backoffs.nextNanos(now);
    }
    for (NodeGroup group : cloud.nodeGroups()) {
      for (CloudProvider.Machine machine : cloud.machines(group)) {
        if (machine.state() == CloudProvider.State.CREATING) {
          next = Math.min(next, machine.requestedNanos() + options.maxNodeProvisionNanos());
        }
      }
    }
    if (options.scaleDownEnabled()) {
      next = Math.min(next, actuator.nextNanos(now));
    }
    if (next != Long.MAX_VALUE) {
      scanAt(Math.max(next, now + 1));
    }
    recheckWhenDue(now);
  }

  /** Nodes that could not go are looked at again, which alone keeps no run from being idle. */
  private void recheckWhenDue(long now) {
    long at = recheckNanos(now);
    if (at == Long.MAX_VALUE || (recheckTimer != 0 && recheckAtNanos <= at)) {
      return;
    }
    simulation.cancel(recheckTimer);
    recheckAtNanos = at;
    recheckTimer =
        simulation.scheduleBackground(
            Math.max(0, at - now),
            () -> {
              recheckTimer = 0;
              scanSoon();
            });
  }

  private long recheckNanos(long now) {
    long epoch = simulation.epochNanos();
    long unready = readiness.nextUnreadyNanos(epoch);
    return Math.min(
        scaleDown.nextRecheckNanos(), unready == Long.MAX_VALUE ? unready : now + unready - epoch);
  }

  // Growing

  /** Machines that did not come in time are given back, and their groups left alone for a while. */
  private void expireRequests(long now) {
    for (NodeGroup group : cloud.nodeGroups()) {
      int expired = 0;
      for (CloudProvider.Machine machine : cloud.machines(group)) {
        if (machine.state() == CloudProvider.State.CREATING
            && now - machine.requestedNanos() >= options.maxNodeProvisionNanos()) {
          cloud.delete(machine.name());
          expired++;
        }
      }
      if (expired > 0) {
        backoffs.failed(group, now);
        decisions.accept(
            new ScalingDecision.Failure(
                now,
                group,
                expired
                    + (expired == 1 ? " machine" : " machines")
                    + " did not come within the time for provisioning"));
      }
    }
  }

  private List<Pod> pending(long now) {
    List<Pod> pending = new ArrayList<>();
    long epoch = simulation.epochNanos();
    for (Pod pod : unschedulable.values()) {
      long age = epoch - pod.metadata().creationTimestamp();
      long delay = scaleUpDelayNanos(pod, options);
      if (age < delay) {
        scanAt(now + delay - age);
      } else if (!isExpendable(pod) && snapshot.isFor(pod)) {
        pending.add(pod);
      }
    }
    pending.sort(Comparator.comparingInt((Pod pod) -> -snapshot.info(pod).priority()));
    return pending;
  }

  /** How old a pod has to be; its own word counts where it asks for more (podScaleUpDelay). */
  static long scaleUpDelayNanos(Pod pod, ClusterAutoscalerOptions options) {
    String own = pod.metadata().annotations().get(SCALE_UP_DELAY);
    if (own != null) {
      try {
        return Math.max(options.newPodScaleUpDelayNanos(), Durations.parse(own));
      } catch (IllegalArgumentException e) {
        // As upstream: who writes no duration asks for nothing.
        return options.newPodScaleUpDelayNanos();
      }
    }
    return options.newPodScaleUpDelayNanos();
  }

  /** The pods that do not fit on the nodes there are; the others are put there. */
  private List<Pod> notOnNodes(List<Pod> pods) {
    List<Pod> left = new ArrayList<>();
    Set<PodInfo> unfit = new LinkedHashSet<>();
    for (Pod pod : pods) {
      String nominated = pod.status().nominatedNodeName();
      int row = nominated == null ? -1 : snapshot.row(nominated);
      if (row < 0) {
        row = unfit.contains(snapshot.info(pod)) ? -1 : snapshot.fit(pod);
      }
      if (row >= 0) {
        snapshot.tryPod(pod, row);
      } else {
        unfit.add(snapshot.info(pod));
        left.add(pod);
      }
    }
    return left;
  }

  /** Does what can be done for pods; true where nothing should be given up in this round. */
  private boolean helpAll(List<Pod> pods, long now) {
    int mark = snapshot.mark();
    List<GroupState> groups = new ArrayList<>();
    int size = snapshot.state().nodeCount();
    for (NodeGroup group : cloud.nodeGroups()) {
      Node template = cloud.maker().template(group);
      int upcoming = upcoming(group);
      if (upcoming > 0) {
        ImmutableList<Pod> daemons = Templates.daemons(snapshot, template, daemonSets.list());
        for (int i = 0; i < upcoming; i++) {
          BinpackingEstimator.addNode(snapshot, template, daemons, -1 - i);
        }
      }
      size += creating(group);
      groups.add(
          new GroupState(
              group,
              cloud.targetSize(group),
              template,
              backoffs.isBackingOff(group, now),
              readiness.isHealthy(counts(group), cloud.targetSize(group))));
    }
    List<Pod> left = notOnNodes(pods);
    boolean acted = !left.isEmpty() && help(left, groups, size, now);
    snapshot.revert(mark);
    return acted;
  }

  private boolean help(List<Pod> pods, List<GroupState> groups, int size, long now) {
    long epoch = simulation.epochNanos();
    if (pods.stream()
        .allMatch(pod -> epoch - pod.metadata().creationTimestamp() <= POD_TIME_BUFFER_NANOS)) {
      // There may be more to come.
      scanAt(now + 1);
      return true;
    }
    ScaleUpPlanner.Plan plan = scaleUp.plan(pods, groups, daemonSets.list(), size);
    ExpansionOption chosen = plan.chosen();
    if (chosen == null || plan.increases().isEmpty()) {
      plan.unhelped()
          .forEach(one ->
              context
                  .recorder()
                  .event(one.pod(), NAME, "Normal", "NotTriggerScaleUp", one.message()));
      return false;
    }
    ImmutableList<ScalingDecision.Considered> considered =
        plan.options().stream()
            .map(ScalingDecision.Considered::of)
            .collect(ImmutableList.toImmutableList());
    for (ScaleUpPlanner.Increase increase : plan.increases()) {
      cloud.increaseSize(increase.group(), increase.to() - increase.from());
      nodesAdded[0] += increase.to() - increase.from();
      decisions.accept(
          new ScalingDecision.ScaleUp(
              now,
              increase.group(),
              increase.from(),
              increase.to(),
              chosen.pods().size(),
              considered));
    }
    String message =
        "pod triggered scale-up: ["
            + String.join(
                " ", plan.increases().stream().map(ScaleUpPlanner.Increase::toString).toList())
            + "]";
    for (Pod pod : chosen.pods()) {
      context.recorder().event(pod, NAME, "Normal", "TriggeredScaleUp", message);
    }
    actuator.grew(now);
    // Pods of which others' nodes are no help come next.
    scanAt(now + 1);
    return true;
  }

  /** Nodes that will be there: machines that have not come, and nodes that were never ready. */
  private int upcoming(NodeGroup group) {
    int upcoming = 0;
    for (CloudProvider.Machine machine : cloud.machines(group)) {
      boolean starting =
          simulation.nanos() - machine.requestedNanos() < options.maxNodeProvisionNanos();
      if (starting && !readiness.wasReady(machine.name())) {
        upcoming++;
      }
    }
    return upcoming;
  }

  private int creating(NodeGroup group) {
    int creating = 0;
    for (CloudProvider.Machine machine : cloud.machines(group)) {
      creating += machine.state() == CloudProvider.State.CREATING ? 1 : 0;
    }
    return creating;
  }

  // Shrinking

  /** Of StatefulSets nobody asks how many replicas they have (drainability: replicacount). */
  private int replicas(Pod pod, OwnerReference controller) {
    ReplicaSet set =
        controller.kind().equals("ReplicaSet")
            ? context
                .informers()
                .informer(Kinds.REPLICA_SET)
                .get(pod.metadata().namespace(), controller.name())
            : null;
    Integer replicas = set == null ? null : set.spec().replicas();
    return replicas == null ? Integer.MAX_VALUE : replicas;
  }

  private void updateUnneeded(long now, int mark) {
    boolean same =
        snapshot.mark() == mark
            && snapshot.version() == plannedVersion
            && !budgetsChanged
            && now < planAgainNanos;
    if (same) {
      return;
    }
    long epoch = simulation.epochNanos();
    List<GroupNode> candidates = new ArrayList<>();
    for (Node node : actuator.nodes()) {
      NodeGroup group = cloud.groupOf(node.name());
      if (group != null
          && readiness.hasStarted(node.name(), epoch)
          && !actuator.isGoing(node.name())
          && actuator.spare(group) > 0) {
        candidates.add(new GroupNode(node, group));
      }
    }
    scaleDown.update(candidates, new Budgets(budgets.list()), now, epoch);
    planAgainNanos = recheckNanos(now);
    budgetsChanged = false;
    plannedVersion = snapshot.mark() == mark ? snapshot.version() : -1;
  }
}
