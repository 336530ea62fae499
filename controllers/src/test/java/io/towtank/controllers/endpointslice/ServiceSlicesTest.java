package io.towtank.controllers.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Service;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.Seeds;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Syncs that look at what changed alone, against those that look at everything. */
class ServiceSlicesTest {
  private static final List<Node> NODES =
      List.of(
          SliceFixtures.node("n0", "a", 8),
          SliceFixtures.node("n1", "a", 4),
          SliceFixtures.node("n2", "b", 8));

  @Test
  void changesLeadToWhatAllPodsWouldLeadTo() {
    Seeds.forEach(150, this::run);
  }

  private void run(Random random) {
    String spec =
        switch (random.nextInt(4)) {
          case 0 -> "'trafficDistribution': 'PreferClose',";
          case 1 -> "'publishNotReadyAddresses': true,";
          default -> "";
        };
    Service service = SliceFixtures.service("", spec);
    service =
        service.withMetadata(
            ObjectMetaBuilder.builder(service.metadata()).uid(Uid.of(7, 7)).build());
    int max = 1 + random.nextInt(7);
    EndpointSliceOptions options = new EndpointSliceOptions(max, 0);
    ServiceSlices slices =
        new ServiceSlices(
            service, EndpointSliceController.MANAGED_BY, max, ImmutableList.of(), new HashMap<>());
    TopologyHints topology = new TopologyHints();
    Map<String, Node> nodes = new HashMap<>();
    NODES.forEach(node -> nodes.put(node.name(), node));
    Map<String, Pod> pods = new TreeMap<>();
    Map<String, EndpointSlice> stored = new TreeMap<>();
    int names = 0;
    for (int step = 0; step < 25; step++) {
      Set<String> changed = step == 0 ? pods.keySet() : change(random, pods);
      EndpointSliceSync.Decision fromScratch =
          EndpointSliceSync.decide(service, pods.values(), NODES, stored.values(), options);

      SlicePlan plan = slices.sync(changed, pods::get, nodes::get, topology);

      assertThat(List.of(plan.creations.size(), plan.updates.size(), plan.deletions.size()))
          .isEqualTo(
              List.of(
                  fromScratch.creations().size(),
                  fromScratch.updates().size(),
                  fromScratch.deletions().size()));
      for (SlicePlan.Write write : plan.creations) {
        EndpointSlice document = slices.document(write, Timestamps.NONE);
        EndpointSlice named =
            document.withMetadata(
                ObjectMetaBuilder.builder(document.metadata()).name("web-" + names++).build());
        write.family().named(write.slice(), named);
        stored.put(named.name(), named);
      }
      for (SlicePlan.Write write : plan.updates) {
        EndpointSlice document = slices.document(write, Timestamps.NONE);
        write.slice().written(document);
        stored.put(document.name(), document);
      }
      for (SlicePlan.Write write : plan.deletions) {
        stored.remove(Objects.requireNonNull(write.slice().written()).name());
      }
      check(stored, pods, max, service);
      assertThat(slices.endpointsBytes()).isEqualTo(bytes(stored));
    }
  }

  /** Slices cover exactly the pods that count, each once, and none is too large. */
  private static void check(
      Map<String, EndpointSlice> stored, Map<String, Pod> pods, int max, Service service) {
    Map<String, Endpoint> byPod = new TreeMap<>();
    stored
        .values()
        .forEach(slice -> {
          assertThat(slice.endpoints()).hasSizeLessThanOrEqualTo(max);
          // Only a service without any endpoint has a slice without any.
          assertThat(stored.size() == 1 || !slice.endpoints().isEmpty()).isTrue();
          for (Endpoint endpoint : slice.endpoints()) {
            ObjectReference pod = Objects.requireNonNull(endpoint.targetRef());
            assertThat(byPod.put(Objects.requireNonNull(pod.name()), endpoint)).isNull();
          }
        });
    Set<String> expected = new LinkedHashSet<>();
    pods.forEach((name, pod) -> {
      if (EndpointRules.isEligible(pod)) {
        expected.add(name);
        Endpoint endpoint =
            EndpointRules.endpoint(
                pod,
                EndpointRules.addresses(pod),
                Boolean.TRUE.equals(
                    Objects.requireNonNull(service.spec()).publishNotReadyAddresses()),
                null,
                NODES.get(Integer.parseInt(Objects.requireNonNull(pod.nodeName()).substring(1))));
        assertThat(byPod).containsKey(name);
        assertThat(
                EndpointRules.isEqualButForHints(Objects.requireNonNull(byPod.get(name)), endpoint))
            .isTrue();
        assertThat(Objects.requireNonNull(byPod.get(name)).hints() != null)
            .isEqualTo(
                Objects.requireNonNull(service.spec()).trafficDistribution() != null
                    && EndpointRules.isReady(endpoint));
      }
    });
    assertThat(byPod.keySet()).isEqualTo(expected);
  }

  private static long bytes(Map<String, EndpointSlice> stored) {
    long bytes = WriteCost.ENDPOINTS;
    for (EndpointSlice slice : stored.values()) {
      for (Endpoint endpoint : slice.endpoints()) {
        bytes += WriteCost.address(endpoint);
      }
    }
    return bytes;
  }

  /** Changes some pods; which. */
  private static Set<String> change(Random random, Map<String, Pod> pods) {
    Set<String> changed = new LinkedHashSet<>();
    int changes = random.nextInt(4) == 0 ? random.nextInt(15) : random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int number = random.nextInt(30);
      String name = "p" + number;
      Pod pod = pods.get(name);
      if (pod == null) {
        pod = SliceFixtures.pod(number, "n" + random.nextInt(NODES.size()), random.nextBoolean());
        pods.put(name, pod);
      } else {
        switch (random.nextInt(5)) {
          case 0 -> pods.remove(name);
          case 1 -> pods.put(name, pod.withStatus(SliceFixtures.status(pod, true)));
          case 2 -> pods.put(name, pod.withStatus(SliceFixtures.status(pod, false)));
          case 3 ->
              pods.put(
                  name,
                  pod.withMetadata(
                      ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(1).build()));
          default ->
              // Another pod of the same name.
              pods.put(
                  name,
                  PodBuilder.builder(pod)
                      .metadata(
                          ObjectMetaBuilder.builder(pod.metadata())
                              .uid(Uid.of(2, random.nextInt()))
                              .build())
                      .build());
        }
      }
      changed.add(name);
    }
    return changed;
  }
}
