package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.adapter.MetricsAdapter;
import io.towtank.api.Pod;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.ClusterAutoscaler;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.autoscaler.ScalingDecision;
import io.towtank.client.ApiClient;
import io.towtank.client.ApiFaults;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.Controllers;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.ManifestException;
import io.towtank.metrics.AnnotatedUse;
import io.towtank.metrics.MetricsApi;
import io.towtank.metrics.MetricsServer;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.node.HollowKubelets;
import io.towtank.node.KubeletOptions;
import io.towtank.node.NodeNetwork;
import io.towtank.record.Recorder;
import io.towtank.record.RunDigest;
import io.towtank.scenarios.invariant.Invariants;
import io.towtank.scenarios.language.Cluster;
import io.towtank.scenarios.language.Fault;
import io.towtank.scenarios.language.Metrics;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.ArrivalsWatch;
import io.towtank.scenarios.observe.ClusterGauges;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.observe.PodIncidents;
import io.towtank.scenarios.observe.Rollouts;
import io.towtank.scenarios.observe.Settling;
import io.towtank.scenarios.observe.StartupTimes;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.scheduler.Scheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.store.admission.StandardAdmission;
import io.towtank.store.admission.SystemObjects;
import io.towtank.time.CheckMode;
import io.towtank.time.InvariantViolation;
import io.towtank.time.Simulation;
import io.towtank.traffic.ServiceTraffic;
import io.towtank.traffic.route.ClusterRouter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster, put together from a scenario: the API store, the control plane's components,
 * each with its own client, and the nodes. It stands still until its {@link #simulation} is run.
 */
public final class SimulatedCluster {
  private final Scenario scenario;
  private final Simulation simulation;
  private final ApiStore store;
  private final RunDigest digest;
  private final Recorder recorder = new Recorder();
  private final Invariants invariants;
  private final ClusterGauges gauges = new ClusterGauges();
  private final StartupTimes startup;
  private final Rollouts rollouts;
  private final PodIncidents incidents = new PodIncidents();
  private final HorizontalScaling horizontalScaling = new HorizontalScaling();
  private final @Nullable ArrivalsWatch arrivalsWatch;
  private final Settling settling;
  private final List<Scheduler> schedulers = new ArrayList<>(1);
  private final ControlPlane plane;
  private final ApiFaults apiFaults = new ApiFaults();
  private final FaultInjection injection;
  private final ServiceTraffic traffic;
  private final MetricsAdapter metrics;
  private final HollowKubelets kubelets;
  private final NodePools pools;
  private final CloudProvider cloud;
  private final List<ScalingDecision> scalingDecisions = new ArrayList<>();
  private final Applying applying;
  private final Timeline timeline;
  private final ArrivingPods arrivals;

  SimulatedCluster(Scenario scenario, CheckMode check) {
    this.scenario = scenario;
    this.simulation = new Simulation(scenario.seed(), scenario.startEpochNanos(), check);
    StoreOptions options =
        StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain(scenario.apiServer()));
    this.store =
        new ApiStore(
            simulation,
            scenario.controllers().runs("namespace-controller")
                ? options.withFinalizedNamespaces()
                : options);
    this.digest = new RunDigest(simulation);
    this.startup = new StartupTimes(simulation);
    this.rollouts = new Rollouts(simulation);
    this.settling = new Settling(simulation, store);
    // Before all others: it shows them the state before a write.
    store.addCommitListener(settling);
    this.invariants = new Invariants(simulation, store);
    if (check != CheckMode.FAST) {
      store.addCommitListener(invariants);
      simulation.addSelfCheck(invariants);
    }
    store.addCommitListener(digest);
    store.addCommitListener(gauges);
    store.addCommitListener(startup);
    store.addCommitListener(rollouts);
    store.addCommitListener(incidents);
    this.arrivalsWatch = scenario.arrivals().isEmpty() ? null : new ArrivalsWatch(simulation);
    if (arrivalsWatch != null) {
      store.addCommitListener(arrivalsWatch);
    }
    LatencyProfile latency = scenario.latency();
    if (scenario.storeEvents()) {
      recorder.storeEvents(simulation, this::eventClient);
    }
    AnnotatedBehaviour behaviour = new AnnotatedBehaviour(scenario.behaviours());
    this.plane = new ControlPlane(simulation, store, latency.watchDelayNanos());
    List<ServiceTraffic> requests = new ArrayList<>(1);
    plane.add(
        "traffic",
        false,
        start -> {
          requests.add(
              new ServiceTraffic(
                  context("traffic", start, ClientLimits.NONE, MetricsApi.NONE),
                  scenario.traffic(),
                  new ClusterRouter(start.informers()),
                  new AnnotatedUse(scenario.startEpochNanos(), behaviour::said),
                  this::runs));
          return ImmutableList.copyOf(requests);
        });
    this.traffic = requests.get(0);
    traffic.beforeInterval(settling::next);
    Metrics told = scenario.metrics();
    List<MetricsAdapter> adapters = new ArrayList<>(1);
    plane.add(
        "metrics-adapter",
        false,
        start -> {
          adapters.add(
              new MetricsAdapter(
                  context("metrics-adapter", start, ClientLimits.NONE, MetricsApi.NONE),
                  new MetricsServer(simulation, traffic, told.resolutionNanos()),
                  traffic,
                  told.adapter(),
                  told.series()));
          return ImmutableList.copyOf(adapters);
        });
    this.metrics = adapters.get(0);
    metrics.beforeReading(settling::next);
    plane.add(
        "kube-controller-manager",
        stops("kube-controller-manager"),
        start -> controllers(start, metrics));
    plane.add(
        "kube-scheduler",
        stops("kube-scheduler"),
        start -> {
          SchedulerConfiguration configuration = scenario.schedulerConfiguration();
          ClientLimits limits = configuration == null ? null : configuration.clientLimits();
          Scheduler made =
              new Scheduler(
                  context(
                      "kube-scheduler",
                      start,
                      limits == null ? latency.schedulerLimits() : limits,
                      metrics),
                  configuration == null ? SchedulerConfiguration.defaults() : configuration);
          schedulers.add(made);
          return ImmutableList.of(made);
        });
    NodeNetwork network = NodeNetwork.forNodes(2 * scenario.cluster().mostNodes());
    List<HollowKubelets> nodes = new ArrayList<>(1);
    plane.add(
        "kubelet",
        false,
        start -> {
          nodes.add(
              new HollowKubelets(
                  context("kubelet", start, ClientLimits.NONE, metrics),
                  new KubeletOptions(
                      behaviour,
                      scenario.images(),
                      network,
                      true,
                      scenario.eviction(),
                      scenario.cluster()::staticPods,
                      scenario.stages())));
          return ImmutableList.copyOf(nodes);
        });
    this.kubelets = nodes.get(0);
    kubelets.onMachinesChanged(traffic::nodesChanged);
    ApiClient user =
        new ApiClient("kubectl", simulation, store, latency.apiRequest(), ClientLimits.NONE);
    this.applying = new Applying(store, user);
    this.pools = new NodePools(network, applying::create);
    this.cloud =
        new CloudProvider(
            simulation,
            scenario.cluster().nodeGroups(),
            new HollowMachines(pools, kubelets, store));
    if (!cloud.nodeGroups().isEmpty()) {
      plane.add(
          ClusterAutoscaler.NAME, false, start -> ImmutableList.of(autoscaler(start, metrics)));
    }
    this.injection = new FaultInjection(simulation, store, kubelets, plane, apiFaults);
    this.timeline = new Timeline(simulation, store, user, kubelets, pools, applying, injection);
    this.arrivals = new ArrivingPods(simulation, store);
  }

  private ClusterAutoscaler autoscaler(ControlPlane.Start start, MetricsApi metrics) {
    SchedulerConfiguration configuration = scenario.schedulerConfiguration();
    return new ClusterAutoscaler(
        context(ClusterAutoscaler.NAME, start, scenario.latency().controllerLimits(), metrics),
        configuration == null ? SchedulerConfiguration.defaults() : configuration,
        scenario.autoscaling(),
        cloud,
        scalingDecisions::add);
  }

  private List<Component> controllers(ControlPlane.Start start, MetricsApi metrics) {
    List<Component> controllers = new ArrayList<>();
    Controllers.with(scenario.controllerOptions(), horizontalScaling)
        .forEach((name, controller) -> {
          if (scenario.controllers().runs(name)) {
            controllers.add(
                controller.create(
                    context(name, start, scenario.latency().controllerLimits(), metrics)));
          }
        });
    return controllers;
  }

  /** Whether the scenario ever stops a process. */
  private boolean stops(String process) {
    return scenario.timeline().stream()
        .anyMatch(entry ->
            entry.action() instanceof Fault.StopComponents stop
                && stop.components().contains(process));
  }

  /** The devices that a container of a pod has, by the names of their resources. */
  public ImmutableMap<String, ImmutableList<String>> devices(Pod pod, String container) {
    return kubelets.devices(pod, container);
  }

  private boolean runs(String node) {
    return kubelets.isAlive(node);
  }

  /** Events have a client of their own, with limits of its own (client-go: EventBroadcaster). */
  private ApiClient eventClient(String component) {
    LatencyProfile latency = scenario.latency();
    ClientLimits limits =
        switch (component) {
          case "kubelet" -> latency.kubeletLimits();
          case "kube-scheduler", "default-scheduler" -> latency.schedulerLimits();
          default -> latency.controllerLimits();
        };
    return new ApiClient(
        "events/" + component, simulation, store, latency.apiRequest(), limits, apiFaults);
  }

  private ComponentContext context(
      String name, ControlPlane.Start start, ClientLimits limits, MetricsApi metrics) {
    LatencyProfile latency = scenario.latency();
    Simulation process = start.simulation();
    String stream = start.number() == 1 ? name : name + "#" + start.number();
    return new ComponentContext(
        process,
        new ApiClient(name, process, store, latency.apiRequest(), limits, apiFaults),
        start.informers(),
        process.random(stream),
        recorder,
        latency,
        metrics);
  }

  /**
   * Creates what there is at the start and starts all components: the first event of a run.
   *
   * @throws ManifestException with all that the API refuses
   */
  void begin() {
    SystemObjects.createIn(store);
    pools.create(scenario.cluster());
    for (Cluster.Pool pool : scenario.cluster().pools()) {
      NodeGroup group = pool.group();
      if (group != null) {
        for (int i = 0; i < pool.nodes().count(); i++) {
          cloud.adopt(group, pool.nodes().name(i));
        }
      }
    }
    plane.start();
    new FirstObjects(store, applying, pools::bring).create(scenario.objects());
    arrivals.schedule(scenario.arrivals());
    timeline.schedule(scenario.timeline());
  }

  /** What is simulated. */
  public Scenario scenario() {
    return scenario;
  }

  /** Its virtual time and events. */
  public Simulation simulation() {
    return simulation;
  }

  /** Its API. */
  public ApiStore store() {
    return store;
  }

  /** The hash over every write so far. */
  public RunDigest digest() {
    return digest;
  }

  /** What its components count. */
  public Recorder recorder() {
    return recorder;
  }

  /** Counts that are up to date at any time. */
  public ClusterGauges gauges() {
    return gauges;
  }

  /** Its scheduler, the last one where it was started anew. */
  public Scheduler scheduler() {
    return schedulers.get(schedulers.size() - 1);
  }

  /** How each extender did, in the configuration's order; schedulers that were stopped count. */
  public ImmutableList<ExtenderUse> extenders() {
    Map<String, ExtenderUse> uses = new LinkedHashMap<>();
    for (Scheduler each : schedulers) {
      each.extenders().forEach(use -> uses.merge(use.name(), use, ExtenderUse::plus));
    }
    return ImmutableList.copyOf(uses.values());
  }

  /** How samples of nodes compared with all nodes, by profile; as {@link #extenders}. */
  public ImmutableList<SamplingComparison> samplingComparisons() {
    Map<String, SamplingComparison> comparisons = new LinkedHashMap<>();
    for (Scheduler each : schedulers) {
      each.samplingComparisons()
          .forEach(one -> comparisons.merge(one.schedulerName(), one, SamplingComparison::plus));
    }
    return ImmutableList.copyOf(comparisons.values());
  }

  /**
   * Holds what there is against what stays true whatever happens. While the control plane is kept
   * from its work it is too early to ask for that.
   *
   * @throws InvariantViolation for what is wrong first
   */
  void checkAtRest() {
    if (injection.restless()) {
      return;
    }
    String wrong =
        invariants.firstAtRest(
            name -> name.equals("kube-scheduler") || scenario.controllers().runs(name),
            kubelets::isReachable,
            plane.informers());
    if (wrong != null) {
      throw new InvariantViolation(
          "invariants at rest", simulation.nanos(), simulation.events(), wrong);
    }
  }

  /** The requests that come to services. */
  public ServiceTraffic traffic() {
    return traffic;
  }

  /** What autoscalers are told. */
  public MetricsAdapter metrics() {
    return metrics;
  }

  /** How long pods take to start. */
  public StartupTimes startup() {
    return startup;
  }

  /** The cloud that gives nodes; one without groups where no pool can grow. */
  public CloudProvider cloud() {
    return cloud;
  }

  /** What the cluster autoscaler decided so far. */
  public ImmutableList<ScalingDecision> scalingDecisions() {
    return ImmutableList.copyOf(scalingDecisions);
  }

  /** What horizontal pod autoscalers decided so far. */
  public HorizontalScaling horizontalScaling() {
    return horizontalScaling;
  }

  /** What was rolled out. */
  public Rollouts rollouts() {
    return rollouts;
  }

  /** What befell pods. */
  public PodIncidents incidents() {
    return incidents;
  }

  /** Tells of states that lasted. */
  public Settling settling() {
    return settling;
  }

  /** What went wrong so far, because the timeline had it go wrong. */
  public ImmutableList<FaultSpan> faults() {
    return timeline.faults();
  }

  /** What the timeline did so far. */
  public ImmutableList<TimelineOutcome> timeline() {
    return timeline.outcomes();
  }

  /** What became of the pods that came by themselves. */
  public ArrivalsOutcome arrivalsOutcome() {
    return arrivalsWatch == null ? ArrivalsOutcome.NONE : arrivalsWatch.outcome();
  }

  ArrivingPods arrivals() {
    return arrivals;
  }
}
