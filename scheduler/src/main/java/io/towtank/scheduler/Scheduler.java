package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.latency.LatencyProfile;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.ProfileFactory;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.DecisionObserver;
import io.towtank.scheduler.explain.ResultAnnotations;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.WaitingPod;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import java.util.Objects;
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

  private final ComponentContext context;
  private final ClusterState state = new ClusterState();
  private final PodNominator nominator = new PodNominator();
  private final WorkloadSelectors workloads = new WorkloadSelectors(state);
  private final ImmutableMap<String, Profile> profiles;
  private final ImmutableList<Extender> extenders;
  private final SchedulingQueue queue;
  private final SchedulingCycle cycle;
  private final @Nullable SamplingMeter sampling;
  private final WaitingPods waitingPods;
  private final Evictions evictions;
  private final SchedulingFailures failures;
  private final BindingCycle binding;
  private final SchedulerMetrics metrics;
  private final Explainer explainer;
  private final DecisionObservers observers = new DecisionObservers();
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
    this.waitingPods = new WaitingPods(new SimulationTimers(context.simulation()));
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
                random,
                handle()));
    this.queue =
        new SchedulingQueue(configuration, profiles, context.simulation()::nanos, state::info);
    this.cycle = new SchedulingCycle(state, nominator, random, extenders);
    this.sampling =
        configuration.compareSampling()
            ? cycle.compareSampling(
                random == null ? null : context.simulation().random("kube-scheduler/sampling"))
            : null;
    this.metrics = new SchedulerMetrics(context.recorder());
    SchedulingConditions conditions = new SchedulingConditions(context);
    this.evictions =
        new Evictions(context, state, nominator, conditions, waitingPods, this::activate);
    this.failures =
        new SchedulingFailures(context, queue, nominator, metrics, conditions, evictions);
    this.binding =
        new BindingCycle(
            state,
            nominator,
            queue,
            waitingPods,
            failures,
            extenders,
            metrics,
            context.recorder(),
            observers,
            this::attemptSoon);
    this.explainer = new Explainer(state, cycle);
    if (configuration.annotateResults()) {
      observe(new ResultAnnotations(context.client(), pod -> profiles.get(schedulerName(pod))));
    }
    context.simulation().addSelfCheck(new ClusterStateCheck(state));
    context.simulation().addSelfCheck(new NodeRankingCheck(cycle));
    new ClusterEvents(
            context.informers(), state, workloads, queue, nominator, waitingPods, this::attemptSoon)
        .watch(profiles.keySet());
  }

  /** The queue is made after the plugins, which may ask for it later. */
  private Handle handle() {
    return new Handle() {
      @Override
      public @Nullable WaitingPod waitingPod(ObjectKey pod) {
        return waitingPods.get(pod);
      }

      @Override
      public ImmutableList<WaitingPod> waitingPods() {
        return waitingPods.all();
      }

      @Override
      public void activate(ObjectKey pod) {
        Scheduler.this.activate(pod);
      }

      @Override
      public boolean isPreempting(Pod pod) {
        return evictions.areUnderWayFor(pod);
      }
    };
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
   * What would be decided for a pod now, and why. Nothing is changed; of several best nodes it is
   * the first.
   *
   * @return null where no profile is for the pod
   */
  public @Nullable Decision explain(Pod pod) {
    Profile profile = profiles.get(schedulerName(pod));
    return profile == null ? null : cycle.onTrial(() -> explainer.explain(profile, pod).decision());
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
    int upstream = NodeSampler.feasibleNodesToFind(nodes, 0);
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    for (Profile profile : profiles.values()) {
      boolean all = profile.scoresAllNodes();
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
                + (all ? " (percentageOfNodesToScore: 0)" : "")
                + "; scheduler.compareSampling measures the difference");
      }
    }
    return notes.build();
  }

  /** How samples of nodes and all nodes compared so far; empty where that was not asked for. */
  public ImmutableList<SamplingComparison> samplingComparisons() {
    return sampling == null ? ImmutableList.of() : sampling.comparisons();
  }

  /** How the extenders did so far. */
  public ImmutableList<ExtenderUse> extenders() {
    return extenders.stream().map(Extender::use).collect(ImmutableList.toImmutableList());
  }

  /** The name of the scheduler that a pod asks for. */
  static String schedulerName(Pod pod) {
    String name = pod.spec().schedulerName();
    return name == null || name.isEmpty() ? "default-scheduler" : name;
  }

  private void activate(ObjectKey pod) {
    queue.activate(pod);
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
    LatencyProfile latency = context.latency();
    int nodes = latency.schedulingNodeNanos() == 0 ? 0 : cycle.nodesToLookAt(profile, queued.pod);
    long nanos = latency.schedulingNanos(nodes, state.pods());
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
        case SchedulingCycle.Result.Found(int row, int evaluated) ->
            binding.start(profile, queued, row);
        case SchedulingCycle.Result.NoFit noFit -> failures.turnedDown(queued, noFit);
        case SchedulingCycle.Result.Failed(String message) ->
            failures.failed(queued, Status.error(message));
      }
    }
    attempting = false;
    attemptSoon();
  }

  private SchedulingCycle.Result chosen(Profile profile, Pod pod) {
    return observers.want(pod) ? explained(profile, pod) : cycle.schedule(profile, pod);
  }

  private SchedulingCycle.Result explained(Profile profile, Pod pod) {
    Explainer.Explained explained = explainer.explain(profile, pod);
    observers.decided(pod, explained.decision());
    // A gate that came while the pod waited does not hold it up any more.
    return explained.result() == null ? cycle.schedule(profile, pod) : explained.result();
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
