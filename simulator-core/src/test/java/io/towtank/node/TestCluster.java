package io.towtank.node;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.stage.Stage;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.CheckMode;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A store with hollow nodes and nothing else: the test is scheduler and controllers. */
final class TestCluster {
  static final long SECOND = 1_000_000_000L;
  static final long START = Timestamps.parse("2026-01-01T00:00:00Z");

  final Simulation simulation;
  final ApiStore store;
  final LatencyProfile latency;
  final Recorder recorder = new Recorder();
  final HollowKubelets kubelets;
  final NodeFaults faults;

  /** Each write of a pod's status, but for its creation and binding. */
  final List<String> log = new ArrayList<>();

  private boolean quiet;

  TestCluster(LatencyProfile latency, PodBehaviour behaviour, ImageSizes sizes, long seed) {
    this(latency, behaviour, sizes, seed, store -> {});
  }

  /**
   * @param imported puts objects into the store before anything watches it
   */
  TestCluster(
      LatencyProfile latency,
      PodBehaviour behaviour,
      ImageSizes sizes,
      long seed,
      Consumer<ApiStore> imported) {
    this(latency, behaviour, sizes, seed, imported, StaticPods.NONE, ImmutableList.of());
  }

  TestCluster(
      LatencyProfile latency,
      PodBehaviour behaviour,
      ImageSizes sizes,
      long seed,
      Consumer<ApiStore> imported,
      StaticPods staticPods,
      ImmutableList<Stage> stages) {
    this(latency, behaviour, sizes, seed, imported, EvictionOptions.DEFAULT, staticPods, stages);
  }

  TestCluster(
      LatencyProfile latency,
      PodBehaviour behaviour,
      ImageSizes sizes,
      long seed,
      Consumer<ApiStore> imported,
      EvictionOptions eviction,
      StaticPods staticPods,
      ImmutableList<Stage> stages) {
    this.latency = latency;
    simulation = new Simulation(seed, START, CheckMode.PARANOID);
    simulation.checkEvery(5);
    store = new ApiStore(simulation, ImmutableList.of());
    imported.accept(store);
    InformerFactory informers = new InformerFactory(store, latency.watchDelayNanos());
    ComponentContext context =
        new ComponentContext(
            simulation, client("kubelet"), informers, simulation.random("k"), recorder, latency);
    kubelets =
        new HollowKubelets(
            context,
            new KubeletOptions(
                behaviour, sizes, NodeNetwork.forNodes(100), true, eviction, staticPods, stages));
    kubelets.start();
    informers.start();
    faults = new NodeFaults(kubelets, client("kubectl"));
    store.addCommitListener((previous, current, revision) -> {
      if (quiet) {
        return;
      }
      if (current instanceof Pod pod && (previous == null || changed((Pod) previous, pod))) {
        log.add(line(pod));
      } else if (previous instanceof Pod pod && current == null) {
        log.add(at() + " " + pod.name() + " deleted");
      }
    });
  }

  NodeDrain drain(NodeDrain.Options options, String... nodes) {
    NodeDrain drain =
        new NodeDrain(simulation, client("kubectl"), store, ImmutableList.copyOf(nodes), options);
    drain.start();
    return drain;
  }

  static TestCluster of(LatencyProfile latency) {
    return new TestCluster(latency, new AnnotatedBehaviour(), ImageSizes.DEFAULT, 1);
  }

  /** Everything takes the same time each: easy to add up. */
  static LatencyProfile fixed() {
    return new LatencyProfile(
        "fixed",
        Distribution.ZERO,
        0,
        ClientLimits.NONE,
        ClientLimits.NONE,
        ClientLimits.NONE,
        0,
        0,
        seconds(1),
        10_000_000,
        seconds(2),
        seconds(3),
        seconds(4),
        seconds(5));
  }

  static Distribution seconds(long seconds) {
    return new Distribution.Constant(seconds * SECOND);
  }

  private ApiClient client(String name) {
    return new ApiClient(name, simulation, store, latency.apiRequest(), ClientLimits.NONE);
  }

  private String at() {
    return "%7.3f".formatted(simulation.nanos() / 1e9).trim();
  }

  private static boolean changed(Pod before, Pod after) {
    return !before.status().equals(after.status());
  }

  private String line(Pod pod) {
    return at() + " " + pod.name() + " " + StatusText.of(pod);
  }

  void nodes(int count) {
    NodePool.of(count).create(NodeNetwork.forNodes(100), store::create);
  }

  Node node(String name) {
    Node node = store.get(Kinds.NODE, null, name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  Pod pod(String name) {
    Pod pod = store.get(Kinds.POD, "default", name);
    if (pod == null) {
      throw new IllegalArgumentException("no pod " + name);
    }
    return pod;
  }

  /** Creates a pod and binds it. */
  Pod run(String name, String node, PodSpec spec, ImmutableMap<String, String> annotations) {
    quiet = true;
    store.create(
        PodBuilder.builder()
            .metadata(
                ObjectMetaBuilder.builder()
                    .name(name)
                    .namespace("default")
                    .annotations(annotations)
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
    Pod bound = store.bind("default", name, node);
    quiet = false;
    return bound;
  }

  /** As {@link #run}, for a pod of a DaemonSet. */
  void daemon(String name, String node, PodSpec spec) {
    Pod pod = run(name, node, spec);
    OwnerReference owner =
        new OwnerReference("apps/v1", "DaemonSet", "d", Uid.of(1, 1), true, true, Fields.NONE);
    store.update(
        pod.withMetadata(
            ObjectMetaBuilder.builder(pod.metadata())
                .ownerReferences(ImmutableList.of(owner))
                .build()));
  }

  Pod run(String name, String node, PodSpec spec) {
    return run(name, node, spec, ImmutableMap.of());
  }

  void delete(String name) {
    store.delete(Kinds.POD, "default", name, DeleteOptions.DEFAULT);
  }

  void forceDelete(String name) {
    store.delete(Kinds.POD, "default", name, DeleteOptions.NOW);
  }

  /** Runs up to a time, counted from the start. */
  void until(double seconds) {
    simulation.run(new StopCondition.Time((long) (seconds * SECOND)));
  }

  void untilIdle() {
    simulation.run(new StopCondition.Idle());
  }

  static PodSpec spec(Container... containers) {
    return PodSpecBuilder.builder()
        .containers(ImmutableList.copyOf(containers))
        .restartPolicy("Always")
        .build();
  }

  static Container container(String name, String image) {
    return ContainerBuilder.builder()
        .name(name)
        .image(image)
        .imagePullPolicy("IfNotPresent")
        .build();
  }

  static Container requesting(String cpu, String memory) {
    return ContainerBuilder.builder(container("app", "registry.example/app:1"))
        .resources(
            ResourceRequirementsBuilder.builder()
                .requests(
                    ImmutableMap.of("cpu", Quantity.parse(cpu), "memory", Quantity.parse(memory)))
                .build())
        .build();
  }
}
