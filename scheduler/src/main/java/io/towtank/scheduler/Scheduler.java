package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiNode;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.ProfileFactory;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.DecisionObserver;
import io.towtank.scheduler.explain.ResultAnnotations;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * kube-scheduler as a component: watches pods and nodes, takes one waiting pod after another, and
 * binds each to the node that its profile's plugins choose.
 *
 * <p>An attempt takes virtual time as the latency profile says; the pod is judged at the end of it,
 * by what is known then. It counts on its node from that moment (it is assumed), while the binding
 * is on its way through the API; attempts do not wait for it.
 */
public final class Scheduler implements Component {
  private static final long SECOND = 1_000_000_000L;
  private static final long FLUSH_UNSCHEDULABLE_NANOS = 30 * SECOND;

  // Kinds that no record is for are kept as generic objects: the cast holds.
  @SuppressWarnings("unchecked")
  private static final Kind<GenericObject> REPLICATION_CONTROLLER =
      (Kind<GenericObject>) Kinds.of("v1", WorkloadSelectors.REPLICATION_CONTROLLER);

  private final ComponentContext context;
  private final ClusterState state = new ClusterState();
  private final PodNominator nominator = new PodNominator();
  private final WorkloadSelectors workloads = new WorkloadSelectors(state);
  private final ImmutableMap<String, Profile> profiles;
  private final ImmutableList<Extender> extenders;
  private final SchedulingQueue queue;
  private final SchedulingCycle cycle;
  private final SchedulerMetrics metrics;
  private final SchedulingConditions conditions;
  private final Evictions evictions;
  private final Explainer explainer;
  private final List<DecisionObserver> observers = new ArrayList<>();
  private boolean attempting;
  private long backoffTimerAtNanos = Long.MAX_VALUE;

  /**
   * A scheduler that begins to work with {@link #start}.
   *
   * @throws io.towtank.scheduler.config.ConfigurationException where the configuration is wrong
   */
  public Scheduler(ComponentContext context, SchedulerConfiguration configuration) {
    this.context = context;
    Informer<PodDisruptionBudget> budgets =
        context.informers().informer(Kinds.POD_DISRUPTION_BUDGET);
    RandomGenerator random = configuration.ties() == Ties.RANDOM ? context.random() : null;
    this.extenders = configuration.makeExtenders();
    this.profiles =
        ProfileFactory.create(
            configuration,
            new PluginContext(
                state,
                context.client(),
                nominator,
                workloads,
                budgets::list,
                extenders,
                configuration.ignoredResources(),
                new SimulationTimers(context.simulation()),
                context.simulation()::epochNanos,
                random));
    this.queue =
        new SchedulingQueue(configuration, profiles, context.simulation()::nanos, state::info);
    this.cycle = new SchedulingCycle(state, nominator, random, extenders);
    this.metrics = new SchedulerMetrics(context.recorder());
    this.conditions = new SchedulingConditions(context);
    this.evictions = new Evictions(context, state, nominator, conditions);
    this.explainer = new Explainer(state, cycle);
    if (configuration.annotateResults()) {
      observe(new ResultAnnotations(context.client(), pod -> profiles.get(schedulerName(pod))));
    }
    context.simulation().addSelfCheck(new ClusterStateCheck(state));
    context.simulation().addSelfCheck(new NodeRankingCheck(cycle));
    watchCluster();
  }

  @Override
  public String name() {
    return "kube-scheduler";
  }

  @Override
  public void start() {
    flushUnschedulableLater();
    attemptSoon();
  }

  /** Has an observer told of decisions from now on. */
  public void observe(DecisionObserver observer) {
    observers.add(observer);
  }

  /**
   * What would be decided for a pod now, and why. Nothing is changed.
   *
   * @return null where no profile is for the pod
   */
  public @Nullable Decision explain(Pod pod) {
    Profile profile = profiles.get(schedulerName(pod));
    return profile == null ? null : explainer.explain(profile, pod).decision();
  }

  /** What would have to change for a pod that fits nowhere now, the least first. */
  public ImmutableList<Way> ways(Pod pod, Decision decision) {
    Profile profile = profiles.get(schedulerName(pod));
    return profile == null ? ImmutableList.of() : explainer.ways(profile, pod, decision);
  }

  /**
   * How many of the nodes that fit a pod are scored, and how many kube-scheduler would score where
   * nothing is configured; empty where that is the same.
   */
  public ImmutableList<String> sampling() {
    int nodes = state.nodeCount();
    int upstream = SchedulingCycle.feasibleNodesToFind(nodes, 0);
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    for (Profile profile : profiles.values()) {
      boolean all = profile.percentageOfNodesToScore() >= 100;
      int scored = all ? nodes : profile.feasibleNodesToFind(nodes);
      if (scored != upstream) {
        notes.add(
            profile.schedulerName()
                + " scored "
                + (all ? "all nodes" : "up to " + scored + " nodes")
                + " that fit a pod; kube-scheduler by default looks no further than the first "
                + upstream
                + " of "
                + nodes
                + (all ? " (percentageOfNodesToScore: 0)" : ""));
      }
    }
    return notes.build();
  }

  /** The name of the scheduler that a pod asks for. */
  static String schedulerName(Pod pod) {
    String name = pod.spec().schedulerName();
    return name == null || name.isEmpty() ? "default-scheduler" : name;
  }

  // What is seen

  private void watchCluster() {
    watch(Kinds.NAMESPACE, this::namespace);
    watch(Kinds.NODE, this::node);
    watch(Kinds.POD, this::pod);
    watch(Kinds.SERVICE, this::service);
    watch(Kinds.REPLICA_SET, this::replicaSet);
    watch(Kinds.STATEFUL_SET, this::statefulSet);
    watch(REPLICATION_CONTROLLER, this::replicationController);
    watch(Kinds.STORAGE_CLASS, this::storageClass);
    watch(Kinds.PERSISTENT_VOLUME, this::volume);
    watch(Kinds.PERSISTENT_VOLUME_CLAIM, this::claim);
    watch(Kinds.CSI_NODE, this::csiNode);
  }

  private interface Change<T> {
    void happened(@Nullable T previous, @Nullable T current);
  }

  private <T extends KubeObject> void watch(Kind<T> kind, Change<T> change) {
    context
        .informers()
        .informer(kind)
        .addHandler(
            new WatchListener<T>() {
              @Override
              public void added(T object) {
                change.happened(null, object);
              }

              @Override
              public void modified(T previous, T object) {
                change.happened(previous, object);
              }

              @Override
              public void deleted(T last) {
                change.happened(last, null);
              }
            });
  }

  private static int action(@Nullable Object previous, @Nullable Object current) {
    return previous == null
        ? ClusterEvent.ADD
        : current == null ? ClusterEvent.DELETE : ClusterEvent.UPDATE_OTHER;
  }

  private void moved(
      ClusterEvent.Resource resource,
      int actions,
      @Nullable KubeObject previous,
      @Nullable KubeObject current) {
    queue.moved(new ClusterEvent(resource, actions), previous, current);
    attemptSoon();
  }

  private void namespace(@Nullable Namespace previous, @Nullable Namespace current) {
    if (current != null) {
      state.setNamespace(current.name(), current.metadata().labels());
    } else if (previous != null) {
      state.removeNamespace(previous.name());
    }
    moved(ClusterEvent.Resource.NAMESPACE, action(previous, current), previous, current);
  }

  private void node(@Nullable Node previous, @Nullable Node current) {
    int actions = ClusterEvent.DELETE;
    if (current != null) {
      actions = previous == null ? ClusterEvent.ADD : NodeChanges.between(previous, current);
      if (actions == 0) {
        return;
      }
      state.setNode(current);
    } else if (previous != null) {
      state.removeNode(previous.name());
    }
    moved(ClusterEvent.Resource.NODE, actions, previous, current);
  }

  private void service(@Nullable Service previous, @Nullable Service current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void replicaSet(@Nullable ReplicaSet previous, @Nullable ReplicaSet current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void statefulSet(@Nullable StatefulSet previous, @Nullable StatefulSet current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void replicationController(
      @Nullable GenericObject previous, @Nullable GenericObject current) {
    if (current != null) {
      workloads.setReplicationController(current);
    } else if (previous != null) {
      workloads.removeReplicationController(previous);
    }
  }

  private void storageClass(@Nullable StorageClass previous, @Nullable StorageClass current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.STORAGE_CLASS, action(previous, current), previous, current);
  }

  private void volume(@Nullable PersistentVolume previous, @Nullable PersistentVolume current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.PERSISTENT_VOLUME, action(previous, current), previous, current);
  }

  private void claim(
      @Nullable PersistentVolumeClaim previous, @Nullable PersistentVolumeClaim current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(
        ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
        action(previous, current),
        previous,
        current);
  }

  private void csiNode(@Nullable CsiNode previous, @Nullable CsiNode current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.CSI_NODE, action(previous, current), previous, current);
  }

  private void pod(@Nullable Pod previous, @Nullable Pod current) {
    Pod before = live(previous);
    Pod now = live(current);
    if (now != null) {
      podSeen(before, now);
    } else if (before != null) {
      podGone(before);
    }
  }

  /** Pods that have run to their end are as good as gone. */
  private static @Nullable Pod live(@Nullable Pod pod) {
    return pod == null || pod.status().phase().isTerminal() ? null : pod;
  }

  private void podGone(Pod last) {
    ObjectKey key = ObjectKey.of(last);
    nominator.remove(key);
    queue.remove(key);
    if (state.removePod(key)) {
      moved(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.DELETE, last, null);
    }
  }

  private void podSeen(@Nullable Pod previous, Pod pod) {
    if (pod.nodeName() == null) {
      waitingPodSeen(previous, pod);
      return;
    }
    ObjectKey key = ObjectKey.of(pod);
    state.setPod(pod);
    if (previous == null || previous.nodeName() == null) {
      nominator.remove(key);
      queue.remove(key);
      moved(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.ADD, null, pod);
    } else if (!sameTemplate(previous, pod)) {
      int actions =
          previous.metadata().labels().equals(pod.metadata().labels())
              ? ClusterEvent.UPDATE_OTHER
              : ClusterEvent.UPDATE_POD_LABEL;
      moved(ClusterEvent.Resource.ASSIGNED_POD, actions, previous, pod);
    }
  }

  @SuppressWarnings("ReferenceEquality") // Cheap: what is equal but another object costs a look.
  private static boolean sameTemplate(Pod previous, Pod pod) {
    return previous.spec() == pod.spec()
        && previous.metadata().labels() == pod.metadata().labels()
        && previous.metadata().deletionTimestamp() == pod.metadata().deletionTimestamp();
  }

  private void waitingPodSeen(@Nullable Pod previous, Pod pod) {
    ObjectKey key = ObjectKey.of(pod);
    NodePod assumed = state.pod(key);
    if (assumed != null || !profiles.containsKey(schedulerName(pod))) {
      return;
    }
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
      queue.remove(key);
      nominator.remove(key);
      return;
    }
    if (nominator.nodeOf(key) == null && pod.status().nominatedNodeName() != null) {
      nominator.nominate(pod, pod.status().nominatedNodeName());
    }
    queue.update(previous, pod);
    attemptSoon();
  }

  // One attempt after another

  private void attemptSoon() {
    if (attempting) {
      return;
    }
    if (queue.isReady()) {
      attempting = true;
      context.simulation().schedule(0, this::attempt);
    } else {
      flushBackoffLater();
    }
  }

  private void attempt() {
    QueuedPod queued = queue.pop();
    if (queued == null) {
      attempting = false;
      flushBackoffLater();
      return;
    }
    Profile profile = Objects.requireNonNull(profiles.get(schedulerName(queued.pod)));
    int nodes = state.nodeCount();
    int looked =
        profile.percentageOfNodesToScore() < 100 ? profile.feasibleNodesToFind(nodes) : nodes;
    long nanos = context.latency().schedulingNanos(looked, state.pods());
    if (nanos == 0) {
      decide(profile, queued);
    } else {
      context.simulation().schedule(nanos, () -> decide(profile, queued));
    }
  }

  private void decide(Profile profile, QueuedPod queued) {
    if (queue.get(queued.key) == queued && queued.place == QueuedPod.Place.IN_FLIGHT) {
      metrics.attempted();
      switch (chosen(profile, queued.pod)) {
        case SchedulingCycle.Result.Found(int row, int evaluated) -> bind(profile, queued, row);
        case SchedulingCycle.Result.NoFit noFit -> turnedDown(queued, noFit);
        case SchedulingCycle.Result.Failed(String message) -> failed(queued, message);
      }
    }
    attempting = false;
    attemptSoon();
  }

  private SchedulingCycle.Result chosen(Profile profile, Pod pod) {
    for (int i = 0; i < observers.size(); i++) {
      if (observers.get(i).wants(pod)) {
        return explained(profile, pod);
      }
    }
    return cycle.schedule(profile, pod);
  }

  private SchedulingCycle.Result explained(Profile profile, Pod pod) {
    Explainer.Explained explained = explainer.explain(profile, pod);
    for (DecisionObserver observer : observers) {
      if (observer.wants(pod)) {
        observer.decided(pod, explained.decision());
      }
    }
    // A gate that came while the pod waited does not hold it up any more.
    return explained.result() == null ? cycle.schedule(profile, pod) : explained.result();
  }

  private void turnedDown(QueuedPod queued, SchedulingCycle.Result.NoFit noFit) {
    metrics.unschedulable(noFit.rejections());
    if (noFit.nominatedNode() != null) {
      nominator.nominate(queued.pod, noFit.nominatedNode());
    }
    queue.failed(queued, noFit.plugins());
    context
        .recorder()
        .event(
            queued.pod, schedulerName(queued.pod), "Warning", "FailedScheduling", noFit.message());
    conditions.unschedulable(queued.pod, noFit.message(), noFit.nominatedNode());
    if (!noFit.victims().isEmpty()) {
      evictions.preempt(queued.pod, noFit.victims(), Objects.requireNonNull(noFit.nominatedNode()));
    }
  }

  private void failed(QueuedPod queued, String message) {
    metrics.failed();
    queue.failedWithError(queued);
    context
        .recorder()
        .event(queued.pod, schedulerName(queued.pod), "Warning", "FailedScheduling", message);
    conditions.failed(queued.pod, message);
  }

  // Binding

  private void bind(Profile profile, QueuedPod queued, int row) {
    Pod pod = queued.pod;
    String node = state.name(row);
    queue.remove(queued.key);
    PodInfo info = state.info(pod);
    Pod placed = PodBuilder.builder(pod).nodeName(node).build();
    state.assume(placed, info, row);
    for (ReservePlugin plugin : profile.reserve()) {
      Status status = plugin.reserve(pod, node);
      answered(pod, DecisionObserver.Step.RESERVE, plugin, status);
      if (!status.isSuccess()) {
        bindingFailed(profile, pod, node, status.by(plugin.name()));
        return;
      }
    }
    permit(profile, pod, node, 0);
  }

  private void permit(Profile profile, Pod pod, String node, int index) {
    if (index == profile.permit().size()) {
      preBind(profile, pod, node, 0);
      return;
    }
    PermitPlugin plugin = profile.permit().get(index);
    plugin.permit(
        pod,
        node,
        status -> {
          answered(pod, DecisionObserver.Step.PERMIT, plugin, status);
          if (status.isSuccess()) {
            permit(profile, pod, node, index + 1);
          } else {
            bindingFailed(profile, pod, node, status.by(plugin.name()));
          }
        });
  }

  private void preBind(Profile profile, Pod pod, String node, int index) {
    if (index == profile.preBind().size()) {
      bindWith(profile, pod, node, 0);
      return;
    }
    PreBindPlugin plugin = profile.preBind().get(index);
    plugin.preBind(
        pod,
        node,
        status -> {
          answered(pod, DecisionObserver.Step.PRE_BIND, plugin, status);
          if (status.isSuccess()) {
            preBind(profile, pod, node, index + 1);
          } else {
            bindingFailed(profile, pod, node, status.by(plugin.name()));
          }
        });
  }

  /** kube-scheduler: extendersBinding. */
  private @Nullable Status bindByExtender(Pod pod, String node) {
    for (Extender extender : extenders) {
      if (extender.binds() && extender.isInterested(pod)) {
        try {
          extender.bind(pod, node);
        } catch (ExtenderException e) {
          return Status.error(String.valueOf(e.getMessage()));
        }
        return Status.SUCCESS;
      }
    }
    return null;
  }

  private void bindWith(Profile profile, Pod pod, String node, int index) {
    Status byExtender = index == 0 ? bindByExtender(pod, node) : null;
    if (byExtender != null && !byExtender.isSuccess()) {
      bindingFailed(profile, pod, node, byExtender);
      return;
    }
    BindPlugin plugin = profile.bind().get(index);
    Consumer<Status> done =
        status -> {
          answered(pod, DecisionObserver.Step.BIND, plugin, status);
          if (status.isSuccess()) {
            bound(profile, pod, node);
          } else if (status.code() == Code.SKIP && index + 1 < profile.bind().size()) {
            bindWith(profile, pod, node, index + 1);
          } else {
            bindingFailed(profile, pod, node, status.by(plugin.name()));
          }
        };
    plugin.bind(pod, node, done);
  }

  private void bound(Profile profile, Pod pod, String node) {
    metrics.scheduled();
    nominator.remove(ObjectKey.of(pod));
    context
        .recorder()
        .event(
            pod,
            profile.schedulerName(),
            "Normal",
            "Scheduled",
            "Successfully assigned " + ObjectKey.of(pod) + " to " + node);
    for (PostBindPlugin plugin : profile.postBind()) {
      plugin.postBind(pod, node);
    }
    bindingOver(pod);
  }

  private void bindingFailed(Profile profile, Pod pod, String node, Status status) {
    bindingOver(pod);
    for (ReservePlugin plugin : profile.reserve()) {
      plugin.unreserve(pod, node);
    }
    NodePod assumed = state.pod(ObjectKey.of(pod));
    if (assumed == null || !assumed.assumed()) {
      return;
    }
    state.remove(assumed);
    metrics.failed();
    Pod current = context.informers().informer(Kinds.POD).get(ObjectKey.of(pod));
    if (current != null
        && current.nodeName() == null
        && current.metadata().deletionTimestamp() == Timestamps.NONE) {
      queue.returnWithError(current);
      context
          .recorder()
          .event(pod, profile.schedulerName(), "Warning", "FailedScheduling", status.message());
    }
    moved(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.DELETE, pod, null);
  }

  private void answered(Pod pod, DecisionObserver.Step step, Plugin plugin, Status status) {
    for (int i = 0; i < observers.size(); i++) {
      if (observers.get(i).wants(pod)) {
        observers.get(i).answered(pod, step, plugin.name(), status);
      }
    }
  }

  private void bindingOver(Pod pod) {
    for (int i = 0; i < observers.size(); i++) {
      if (observers.get(i).wants(pod)) {
        observers.get(i).bindingOver(pod);
      }
    }
  }

  // Timers

  private void flushBackoffLater() {
    long next = queue.flushBackoff();
    if (queue.isReady()) {
      attemptSoon();
      return;
    }
    if (next < backoffTimerAtNanos) {
      backoffTimerAtNanos = next;
      context
          .simulation()
          .schedule(
              next - context.simulation().nanos(),
              () -> {
                backoffTimerAtNanos = Long.MAX_VALUE;
                attemptSoon();
              });
    }
  }

  private void flushUnschedulableLater() {
    context
        .simulation()
        .scheduleBackground(
            FLUSH_UNSCHEDULABLE_NANOS,
            () -> {
              queue.flushUnschedulable();
              attemptSoon();
              flushUnschedulableLater();
            });
  }
}
