package io.towtank.controllers.endpointslice;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointHints;
import io.towtank.api.EndpointSlice;
import io.towtank.api.EndpointSliceBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.ServiceSpecBuilder;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EndpointSliceControllerTest {
  private static final long SECOND = TestCluster.SECOND;

  /** A store and the controller. */
  private static final class World {
    final Simulation simulation = new Simulation(1, TestCluster.EPOCH);
    final ApiStore store = new ApiStore(simulation, ImmutableList.of());
    final Recorder recorder = new Recorder();

    World(int maxEndpointsPerSlice, long batchNanos, LatencyProfile latency) {
      InformerFactory informers = new InformerFactory(store, latency.watchDelayNanos());
      new EndpointSliceController(
              new ComponentContext(
                  simulation,
                  new ApiClient(
                      "endpointslice-controller",
                      simulation,
                      store,
                      latency.apiRequest(),
                      latency.controllerLimits()),
                  informers,
                  simulation.random("endpointslice-controller"),
                  recorder,
                  latency),
              new EndpointSliceOptions(maxEndpointsPerSlice, batchNanos))
          .start();
      informers.start();
      store.create(SliceFixtures.node("n0", "a", 8));
      store.create(SliceFixtures.node("n1", "b", 8));
    }

    void pods(int from, int to) {
      for (int i = from; i < to; i++) {
        run(SliceFixtures.pod(i, "n" + i % 2, true));
      }
    }

    /** Creates a pod as if its kubelet had told of it at once. */
    void run(Pod pod) {
      store.updateStatus(store.create(pod).withStatus(pod.status()));
    }

    void setReady(int number, boolean ready) {
      Pod pod = Objects.requireNonNull(store.get(Kinds.POD, "default", "p" + number));
      store.updateStatus(pod.withStatus(SliceFixtures.status(pod, ready)));
    }

    void delete(int number) {
      store.delete(Kinds.POD, "default", "p" + number, DeleteOptions.NOW);
    }

    List<EndpointSlice> slices() {
      return store.list(Kinds.ENDPOINT_SLICE).stream()
          .sorted(Comparator.comparing(EndpointSlice::name))
          .toList();
    }

    List<Integer> sizes() {
      return slices().stream().map(slice -> slice.endpoints().size()).sorted().toList();
    }

    Map<String, Endpoint> endpoints() {
      Map<String, Endpoint> endpoints = new TreeMap<>();
      for (EndpointSlice slice : slices()) {
        for (Endpoint endpoint : slice.endpoints()) {
          String pod = Objects.requireNonNull(endpoint.targetRef()).name();
          assertThat(endpoints.put(Objects.requireNonNull(pod), endpoint)).isNull();
        }
      }
      return endpoints;
    }

    long count(String counter) {
      return recorder.counter("endpointslice-controller/" + counter)[0];
    }

    void settle() {
      simulation.run(
          new StopCondition.Idle(), new StopCondition.Time(simulation.nanos() + 600 * SECOND));
    }
  }

  private static World world(int maxEndpointsPerSlice) {
    return new World(maxEndpointsPerSlice, 0, LatencyProfile.INSTANT);
  }

  @Test
  void aServiceWithoutPodsHasOneSliceWithoutEndpoints() {
    World world = world(100);
    world.store.create(SliceFixtures.service("'labels': {'team': 'a'},", ""));
    world.settle();

    EndpointSlice slice = world.slices().get(0);
    assertThat(world.slices()).hasSize(1);
    assertThat(slice.endpoints()).isEmpty();
    assertThat(slice.ports()).isEmpty();
    assertThat(slice.name()).startsWith("web-");
    assertThat(slice.metadata().labels())
        .isEqualTo(
            ImmutableMap.of(
                "team",
                "a",
                "kubernetes.io/service-name",
                "web",
                "endpointslice.kubernetes.io/managed-by",
                "endpointslice-controller.k8s.io"));
    assertThat(slice.metadata().ownerReferences().get(0).kind()).isEqualTo("Service");
  }

  @Test
  void podsGoIntoSlicesUpToTheLimit() {
    World world = world(10);
    world.pods(0, 25);
    world.store.create(SliceFixtures.service("", ""));
    world.settle();

    assertThat(world.sizes()).containsExactly(5, 10, 10);
    assertThat(world.slices().get(0).ports().get(0).port()).isEqualTo(8080);
    Endpoint endpoint = Objects.requireNonNull(world.endpoints().get("p3"));
    assertThat(endpoint.addresses()).containsExactly("10.1.0.3");
    assertThat(endpoint.zone()).isEqualTo("b");
    assertThat(endpoint.hints()).isNull();
  }

  @Test
  void aPodThatChangesCostsOneWrite() {
    World world = world(10);
    world.pods(0, 100);
    world.store.create(SliceFixtures.service("", ""));
    world.settle();
    long before = world.count("slicesUpdated");
    long bytes = world.count("bytesWritten");
    long endpointsBytes = world.count("endpointsBytesInstead");

    world.setReady(42, false);
    world.settle();

    assertThat(world.count("slicesUpdated") - before).isEqualTo(1);
    // Ten endpoints were written instead of a hundred addresses.
    assertThat(world.count("endpointsBytesInstead") - endpointsBytes)
        .isGreaterThan(4 * (world.count("bytesWritten") - bytes));
    assertThat(
            Objects.requireNonNull(
                    Objects.requireNonNull(world.endpoints().get("p42")).conditions())
                .ready())
        .isFalse();
  }

  @Test
  void changesAreGatheredForTheBatchPeriod() {
    World world = new World(100, 2 * SECOND, LatencyProfile.INSTANT);
    world.store.create(SliceFixtures.service("", ""));
    world.settle();
    for (int i = 0; i < 10; i++) {
      world.pods(i, i + 1);
      world.simulation.run(new StopCondition.Time(world.simulation.nanos() + SECOND / 10));
    }
    world.settle();

    assertThat(world.endpoints()).hasSize(10);
    // The slice without endpoints is written once.
    assertThat(world.count("slicesCreated")).isEqualTo(1);
    assertThat(world.count("slicesUpdated")).isEqualTo(1);
  }

  @Test
  void whatOthersChangeIsPutRight() {
    World world = world(10);
    world.pods(0, 15);
    world.store.create(SliceFixtures.service("", ""));
    world.settle();
    EndpointSlice slice = world.slices().get(0);
    world.store.update(EndpointSliceBuilder.builder(slice).endpoints(ImmutableList.of()).build());
    world.store.delete(
        Kinds.ENDPOINT_SLICE, "default", world.slices().get(1).name(), DeleteOptions.NOW);
    world.settle();

    assertThat(world.endpoints()).hasSize(15);
  }

  @Test
  void aServiceWithoutSelectorIsLeftAlone() {
    World world = world(10);
    world.pods(0, 3);
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Service',
             'metadata': {'name': 'outside', 'namespace': 'default'},
             'spec': {'ports': [{'port': 80}]}}
            """));
    world.settle();

    assertThat(world.slices()).isEmpty();
  }

  @Test
  void aDualStackServiceHasSlicesOfBothFamilies() {
    World world = world(10);
    Pod pod = SliceFixtures.pod(1, "n0", true);
    Pod dual =
        (Pod)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'Pod',
                 'metadata': {'name': 'p2', 'namespace': 'default', 'labels': {'app': 'web'}},
                 'spec': {'nodeName': 'n1', 'containers': [{'name': 'c', 'image': 'app',
                   'ports': [{'name': 'web', 'containerPort': 8080}]}]},
                 'status': {'phase': 'Running', 'podIP': '10.1.0.2',
                   'podIPs': [{'ip': '10.1.0.2'}, {'ip': 'fd00::2'}],
                   'conditions': [{'type': 'Ready', 'status': 'True'}]}}
                """);
    world.run(pod);
    world.run(dual);
    world.store.create(SliceFixtures.service("", "'ipFamilies': ['IPv4', 'IPv6'],"));
    world.settle();

    assertThat(
            world.slices().stream()
                .collect(
                    Collectors.toMap(
                        EndpointSlice::addressType,
                        slice ->
                            slice.endpoints().stream()
                                .map(endpoint -> endpoint.addresses().get(0))
                                .sorted()
                                .toList())))
        .isEqualTo(
            ImmutableMap.of("IPv4", List.of("10.1.0.1", "10.1.0.2"), "IPv6", List.of("fd00::2")));
  }

  @Test
  void trafficDistributionHintsAtTheOwnZone() {
    World world = world(10);
    world.pods(0, 4);
    world.setReady(3, false);
    world.store.create(SliceFixtures.service("", ""));
    world.settle();
    var service = Objects.requireNonNull(world.store.get(Kinds.SERVICE, "default", "web"));
    world.store.update(
        service.withSpec(
            ServiceSpecBuilder.builder(requireNonNull(service.spec()))
                .trafficDistribution("PreferSameNode")
                .build()));
    world.settle();

    assertThat(hints(world)).isEqualTo(ImmutableMap.of("p0", "a/n0", "p1", "b/n1", "p2", "a/n0"));

    service = Objects.requireNonNull(world.store.get(Kinds.SERVICE, "default", "web"));
    world.store.update(
        service.withSpec(
            ServiceSpecBuilder.builder(requireNonNull(service.spec()))
                .trafficDistribution(null)
                .build()));
    world.settle();

    assertThat(hints(world)).isEmpty();
  }

  @Test
  void topologyAwareHintsFollowTheCpuOfZones() {
    World world = world(100);
    // Zone a has two of ten endpoints and half of the CPU.
    for (int i = 0; i < 10; i++) {
      world.run(SliceFixtures.pod(i, i < 2 ? "n0" : "n1", true));
    }
    world.store.create(
        SliceFixtures.service(
            "'annotations': {'service.kubernetes.io/topology-mode': 'Auto'},", ""));
    world.settle();

    assertThat(
            hints(world).values().stream()
                .collect(Collectors.groupingBy(zone -> zone, Collectors.counting())))
        .isEqualTo(ImmutableMap.of("a", 5L, "b", 5L));
    assertThat(
            world.recorder.counter("events/endpointslice-controller/TopologyAwareHintsEnabled")[0])
        .isEqualTo(1);

    // Of a zone without ready nodes nothing is known any more: hints would be wrong.
    world.store.delete(Kinds.NODE, null, "n0", DeleteOptions.NOW);
    world.settle();

    assertThat(hints(world)).isEmpty();
    assertThat(
            world.recorder.counter("events/endpointslice-controller/TopologyAwareHintsDisabled")[0])
        .isPositive();
  }

  private static Map<String, String> hints(World world) {
    Map<String, String> byPod = new TreeMap<>();
    world
        .endpoints()
        .forEach((pod, endpoint) -> {
          EndpointHints hints = endpoint.hints();
          if (hints != null) {
            byPod.put(
                pod,
                hints.forZones().get(0).name()
                    + (hints.forNodes().isEmpty() ? "" : "/" + hints.forNodes().get(0).name()));
          }
        });
    return byPod;
  }

  @Test
  void slicesCoverExactlyThePodsThatCount() {
    Seeds.forEach(60, EndpointSliceControllerTest::live);
  }

  private static void live(Random random) {
    int max = 1 + random.nextInt(8);
    World world =
        new World(
            max,
            random.nextBoolean() ? 0 : SECOND,
            random.nextBoolean() ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL);
    world.store.create(SliceFixtures.service("", ""));
    boolean othersEmptiedSlices = false;
    for (int step = 0; step < 60; step++) {
      int number = random.nextInt(25);
      boolean there = world.store.get(Kinds.POD, "default", "p" + number) != null;
      switch (random.nextInt(8)) {
        case 0 -> {
          List<EndpointSlice> slices = world.slices();
          if (!slices.isEmpty() && random.nextInt(4) == 0) {
            EndpointSlice slice = slices.get(random.nextInt(slices.size()));
            if (random.nextBoolean()) {
              world.store.delete(Kinds.ENDPOINT_SLICE, "default", slice.name(), DeleteOptions.NOW);
            } else {
              othersEmptiedSlices = true;
              world.store.update(
                  EndpointSliceBuilder.builder(slice).endpoints(ImmutableList.of()).build());
            }
          }
        }
        case 1 -> {
          if (there) {
            world.delete(number);
          }
        }
        case 2 -> {
          if (there) {
            Pod pod = Objects.requireNonNull(world.store.get(Kinds.POD, "default", "p" + number));
            world.store.update(
                pod.withMetadata(
                    ObjectMetaBuilder.builder(pod.metadata())
                        .labels(ImmutableMap.of("app", random.nextBoolean() ? "web" : "other"))
                        .build()));
          }
        }
        case 3 ->
            world.simulation.run(
                new StopCondition.Time(world.simulation.nanos() + random.nextInt(3) * SECOND / 2));
        default -> {
          if (there) {
            world.setReady(number, random.nextBoolean());
          } else {
            world.run(SliceFixtures.pod(number, "n" + number % 2, random.nextBoolean()));
          }
        }
      }
    }
    world.settle();
    Map<String, Boolean> expected = new TreeMap<>();
    for (Pod pod : world.store.list(Kinds.POD)) {
      if ("web".equals(pod.metadata().labels().get("app"))) {
        expected.put(pod.name(), pod.isReady());
      }
    }
    Map<String, Boolean> actual = new TreeMap<>();
    world.endpoints().forEach((pod, endpoint) -> actual.put(pod, EndpointRules.isReady(endpoint)));
    assertThat(actual).isEqualTo(expected);
    assertThat(world.sizes()).allMatch(size -> size <= max);
    // What others leave without endpoints stays for those to come.
    if (!othersEmptiedSlices) {
      assertThat(world.sizes().stream().filter(size -> size == 0).count())
          .isEqualTo(expected.isEmpty() ? 1 : 0);
    }
  }
}
