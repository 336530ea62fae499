package io.towtank.controllers.nodelifecycle;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.LatencyProfile;
import io.towtank.node.HollowKubelets;
import io.towtank.node.KubeletOptions;
import io.towtank.node.NodeFaults;
import io.towtank.node.NodeNetwork;
import io.towtank.node.NodePool;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hollow nodes with real kubelets, for tests of the controllers that look after nodes. */
public final class HollowCluster {
  public static final long SECOND = 1_000_000_000L;
  private static final PodSpec ENDLESS = spec(ImmutableList.of());

  public final Simulation simulation;
  public final ApiStore store;
  public final Recorder recorder = new Recorder();
  public final HollowKubelets kubelets;
  public final NodeFaults faults;
  private final InformerFactory informers;
  private final LatencyProfile latency;

  /** A cluster without nodes and controllers. */
  public HollowCluster(LatencyProfile latency) {
    this(latency, true);
  }

  /**
   * @param alive whether kubelets run
   */
  public HollowCluster(LatencyProfile latency, boolean alive) {
    this.latency = latency;
    simulation = new Simulation(1, Timestamps.parse("2026-01-01T00:00:00Z"));
    store = new ApiStore(simulation, ImmutableList.of());
    informers = new InformerFactory(store, latency.watchDelayNanos());
    kubelets =
        new HollowKubelets(
            context("kubelet", ClientLimits.NONE), KubeletOptions.of(NodeNetwork.forNodes(10_000)));
    if (alive) {
      kubelets.start();
    }
    faults =
        new NodeFaults(
            kubelets,
            new ApiClient("kubectl", simulation, store, latency.apiRequest(), ClientLimits.NONE));
  }

  private ComponentContext context(String name, ClientLimits limits) {
    return new ComponentContext(
        simulation,
        new ApiClient(name, simulation, store, latency.apiRequest(), limits),
        informers,
        simulation.random(name),
        recorder,
        latency);
  }

  /** Adds a controller. */
  public HollowCluster with(String name, Function<ComponentContext, Component> controller) {
    controller.apply(context(name, latency.controllerLimits())).start();
    return this;
  }

  /** Makes nodes in three zones in turn and starts all. */
  public HollowCluster start(int nodes) {
    NodePool.of(nodes).create(NodeNetwork.forNodes(10_000), store::create);
    informers.start();
    return this;
  }

  /** Makes nodes of which each is in the zone that is named. */
  public HollowCluster start(List<String> zones) {
    NodeNetwork network = NodeNetwork.forNodes(10_000);
    for (int i = 0; i < zones.size(); i++) {
      new NodePool("node-", i, 1, ImmutableList.of(zones.get(i)), NodePool.DEFAULT_TEMPLATE)
          .create(network, store::create);
    }
    informers.start();
    return this;
  }

  /** Names of nodes by their numbers. */
  public static List<String> names(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add(name(i));
    }
    return names;
  }

  public static String name(int node) {
    return "node-%05d".formatted(node);
  }

  /** The spec of a pod that runs until it is deleted. */
  public static PodSpec spec(ImmutableList<Toleration> tolerations) {
    Container container =
        ContainerBuilder.builder().name("app").image("registry.example/app:1").build();
    return PodSpecBuilder.builder()
        .containers(ImmutableList.of(container))
        .tolerations(tolerations)
        .terminationGracePeriodSeconds(30L)
        .restartPolicy("Always")
        .build();
  }

  /** What admission gives every pod: 300 s on nodes that are not ready or not reachable. */
  public static PodSpec tolerant() {
    return spec(
        ImmutableList.of(
            tolerates(NodeTaints.NOT_READY, 300L), tolerates(NodeTaints.UNREACHABLE, 300L)));
  }

  /** A toleration of NoExecute taints. */
  public static Toleration tolerates(String key, @Nullable Long seconds) {
    return new Toleration(key, "Exists", null, "NoExecute", seconds, Fields.NONE);
  }

  /** Creates a pod on a node. */
  public void run(String name, int node, PodSpec spec) {
    create(name, spec);
    store.bind("default", name, name(node));
  }

  public void run(String name, int node) {
    run(name, node, ENDLESS);
  }

  /** Creates a pod on no node. */
  public Pod create(String name, PodSpec spec) {
    return store.create(
        PodBuilder.builder()
            .metadata(
                ObjectMetaBuilder.builder()
                    .name(name)
                    .namespace("default")
                    .labels(ImmutableMap.of())
                    .creationTimestamp(Timestamps.NONE)
                    .deletionTimestamp(Timestamps.NONE)
                    .build())
            .spec(spec)
            .status(
                PodStatusBuilder.builder()
                    .phase(PodPhase.PENDING)
                    .startTime(Timestamps.NONE)
                    .build())
            .build());
  }

  public Pod pod(String name) {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", name), name);
  }

  public boolean exists(String pod) {
    return store.get(Kinds.POD, "default", pod) != null;
  }

  public Node node(int number) {
    return Objects.requireNonNull(store.get(Kinds.NODE, null, name(number)), "node " + number);
  }

  /** What a pod's condition Ready says. */
  public ConditionStatus ready(String pod) {
    PodCondition ready = pod(pod).status().condition("Ready");
    return Objects.requireNonNull(ready, "condition Ready").status();
  }

  /** A node's condition Ready and taints, as in {@code Unknown unreachable:NoSchedule@55}. */
  public String state(int number) {
    Node node = node(number);
    NodeCondition ready = node.condition("Ready");
    String taints =
        node.spec().taints().stream()
            .sorted(Comparator.comparing(Taint::effect).reversed())
            .map(taint ->
                " "
                    + taint.key().replace("node.kubernetes.io/", "")
                    + ":"
                    + taint.effect()
                    + "@"
                    + (taint.timeAdded() - simulation.epochNanos() + simulation.nanos()) / SECOND)
            .collect(Collectors.joining());
    return (ready == null ? "none" : ready.status()) + taints;
  }

  /** How many nodes have a NoExecute taint. */
  public long tainted() {
    return store.list(Kinds.NODE).stream()
        .filter(node -> node.spec().taints().stream().anyMatch(t -> t.effect().equals("NoExecute")))
        .count();
  }

  /** Runs up to a time, counted from the start. */
  public void until(double seconds) {
    simulation.run(new StopCondition.Time((long) (seconds * SECOND)));
  }

  public void untilIdle() {
    simulation.run(new StopCondition.Idle());
  }
}
