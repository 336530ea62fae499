package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.Controllers;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problem;
import io.towtank.metrics.AnnotatedUse;
import io.towtank.metrics.MetricsApi;
import io.towtank.metrics.MetricsServer;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.node.HollowKubelets;
import io.towtank.node.KubeletOptions;
import io.towtank.node.NodeNetwork;
import io.towtank.record.Recorder;
import io.towtank.record.RunDigest;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.observe.ClusterGauges;
import io.towtank.scenarios.observe.PodIncidents;
import io.towtank.scenarios.observe.Rollouts;
import io.towtank.scenarios.observe.Settling;
import io.towtank.scenarios.observe.StartupTimes;
import io.towtank.scheduler.Scheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.store.admission.StandardAdmission;
import io.towtank.store.admission.SystemObjects;
import io.towtank.time.CheckMode;
import io.towtank.time.Simulation;
import io.towtank.traffic.ServiceTraffic;
import java.util.ArrayList;
import java.util.List;

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
  private final MetricsApi metrics;
  private final ClusterGauges gauges = new ClusterGauges();
  private final StartupTimes startup;
  private final Rollouts rollouts;
  private final PodIncidents incidents = new PodIncidents();
  private final Settling settling;
  private final Scheduler scheduler;
  private final HollowKubelets kubelets;
  private final NodePools pools;
  private final Applying applying;
  private final Timeline timeline;
  private final ArrivingPods arrivals;
  private final List<InformerFactory> informers = new ArrayList<>();
  private final List<Component> components = new ArrayList<>();

  SimulatedCluster(Scenario scenario, CheckMode check) {
    this.scenario = scenario;
    this.simulation = new Simulation(scenario.seed(), scenario.startEpochNanos(), check);
    StoreOptions options = StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain());
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
    store.addCommitListener(digest);
    store.addCommitListener(gauges);
    store.addCommitListener(startup);
    store.addCommitListener(rollouts);
    store.addCommitListener(incidents);
    LatencyProfile latency = scenario.latency();
    if (scenario.storeEvents()) {
      recorder.storeEvents(simulation, this::eventClient);
    }
    ServiceTraffic traffic =
        new ServiceTraffic(
            new ComponentContext(
                simulation,
                new ApiClient(
                    "traffic", simulation, store, latency.apiRequest(), ClientLimits.NONE),
                informers(),
                simulation.random("traffic"),
                recorder,
                latency),
            scenario.traffic(),
            new AnnotatedUse());
    this.metrics = new MetricsServer(simulation, traffic);
    components.add(traffic);
    InformerFactory shared = informers();
    Controllers.ALL.forEach((name, controller) -> {
      if (scenario.controllers().runs(name)) {
        components.add(controller.create(context(name, shared, latency.controllerLimits())));
      }
    });
    SchedulerConfiguration configuration = scenario.schedulerConfiguration();
    this.scheduler =
        new Scheduler(
            context("kube-scheduler", informers(), latency.schedulerLimits()),
            configuration == null ? SchedulerConfiguration.defaults() : configuration);
    components.add(scheduler);
    NodeNetwork network = NodeNetwork.forNodes(2 * scenario.cluster().size());
    this.kubelets =
        new HollowKubelets(
            context("kubelet", informers(), ClientLimits.NONE),
            new KubeletOptions(
                new AnnotatedBehaviour(), scenario.images(), network, true, scenario.stages()));
    components.add(kubelets);
    this.pools = new NodePools(network, store::create);
    ApiClient user =
        new ApiClient("kubectl", simulation, store, latency.apiRequest(), ClientLimits.NONE);
    this.applying = new Applying(store, user);
    this.timeline = new Timeline(simulation, store, user, kubelets, pools, applying);
    this.arrivals = new ArrivingPods(simulation, store);
  }

  private InformerFactory informers() {
    InformerFactory factory = new InformerFactory(store, scenario.latency().watchDelayNanos());
    informers.add(factory);
    return factory;
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
    return new ApiClient("events/" + component, simulation, store, latency.apiRequest(), limits);
  }

  private ComponentContext context(String name, InformerFactory source, ClientLimits limits) {
    LatencyProfile latency = scenario.latency();
    return new ComponentContext(
        simulation,
        new ApiClient(name, simulation, store, latency.apiRequest(), limits),
        source,
        simulation.random(name),
        recorder,
        latency,
        metrics);
  }

  /** Creates what there is at the start and starts all components: the first event of a run. */
  void begin() {
    SystemObjects.createIn(store);
    pools.create(scenario.cluster());
    components.forEach(Component::start);
    informers.forEach(InformerFactory::start);
    scenario.objects().forEach(this::create);
    arrivals.schedule(scenario.arrivals());
    timeline.schedule(scenario.timeline());
  }

  /** What the API refuses is a mistake in the file that it comes from. */
  private void create(ManifestDocument document) {
    try {
      applying.create(document);
    } catch (ApiException e) {
      Problem problem =
          new Problem(
              document.source(),
              document.position().line(),
              document.position().column(),
              "",
              String.valueOf(e.getMessage()),
              null);
      ManifestException refused = new ManifestException(ImmutableList.of(problem));
      refused.initCause(e);
      throw refused;
    }
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

  /** Its scheduler. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** How long pods take to start. */
  public StartupTimes startup() {
    return startup;
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

  /** What the timeline did so far. */
  public ImmutableList<TimelineOutcome> timeline() {
    return timeline.outcomes();
  }

  ArrivingPods arrivals() {
    return arrivals;
  }
}
