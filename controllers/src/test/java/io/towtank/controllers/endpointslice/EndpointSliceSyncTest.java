package io.towtank.controllers.endpointslice;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointHints;
import io.towtank.api.EndpointSlice;
import io.towtank.api.ForNode;
import io.towtank.api.ForZone;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.Service;
import io.towtank.controllers.TestCluster;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Syncs of all kinds of services, as k8s.io/endpointslice decides them: what is written, and what
 * slices there are after it. Pods are written in a line: {@code name address node ports…} and,
 * where they are not ready, {@code unready} or {@code ending} at the end.
 */
class EndpointSliceSyncTest {
  private static final String HTTP =
      "'ports': [{'name': 'http', 'port': 80, 'targetPort': 'web', 'protocol': 'TCP'}],";
  private static final String ONE_FAMILY = "'clusterIP': '10.0.0.1', 'ipFamilies': ['IPv4'],";

  /** What syncs one after another write, with the slices of the one before. */
  private static final class World {
    private final int max;
    private final List<Node> nodes;
    private final Map<String, EndpointSlice> slices = new LinkedHashMap<>();
    private int created;

    World(int max, List<Node> nodes) {
      this.max = max;
      this.nodes = nodes;
    }

    String sync(Service service, String... pods) {
      List<Pod> read = new ArrayList<>();
      for (String line : pods) {
        read.add(pod(line));
      }
      EndpointSliceSync.Decision decision =
          EndpointSliceSync.decide(
              service, read, nodes, slices.values(), new EndpointSliceOptions(max, 0));
      for (EndpointSlice slice : decision.creations()) {
        String name = "s" + created++;
        slices.put(
            name,
            slice.withMetadata(ObjectMetaBuilder.builder(slice.metadata()).name(name).build()));
      }
      decision.updates().forEach(slice -> slices.put(slice.name(), slice));
      decision.deletions().forEach(slice -> slices.remove(slice.name()));
      return "+%d ~%d -%d"
          .formatted(
              decision.creations().size(), decision.updates().size(), decision.deletions().size());
    }

    List<String> slices() {
      return slices.values().stream().map(EndpointSliceSyncTest::text).toList();
    }
  }

  private static Service service(String metadata, String spec) {
    return (Service)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {%s 'name': 'web',
               'namespace': 'default', 'uid': '00000000-0000-0000-0000-000000000007'},
             'spec': {%s 'selector': {'app': 'web'}}}
            """
                .formatted(metadata, spec));
  }

  private static Pod pod(String line) {
    List<String> words = List.of(line.split(" "));
    boolean unready = words.contains("unready");
    boolean ending = words.contains("ending");
    StringBuilder ports = new StringBuilder();
    StringBuilder sidecars = new StringBuilder();
    String hostname = "";
    String uid = "1";
    for (String word : words.subList(3, words.size())) {
      if (word.startsWith("host=")) {
        hostname = "'hostname': '%s', 'subdomain': 'web',".formatted(word.substring(5));
      } else if (word.startsWith("uid=")) {
        uid = word.substring(4);
      } else if (word.contains(":")) {
        // Of the container; with a > of a sidecar, with a ! of an init container.
        List<String> port =
            Splitter.onPattern("[:/]").splitToList(CharMatcher.anyOf(">!").removeFrom(word));
        String text =
            "{'name': '%s', 'containerPort': %s, 'protocol': '%s'},"
                .formatted(port.get(0), port.get(1), port.size() > 2 ? port.get(2) : "TCP");
        if (word.startsWith(">") || word.startsWith("!")) {
          sidecars.append(
              "{'name': 'i%s', 'image': 'app', %s 'ports': [%s]},"
                  .formatted(
                      port.get(1),
                      word.startsWith(">") ? "'restartPolicy': 'Always'," : "",
                      text.substring(0, text.length() - 1)));
        } else {
          ports.append(text);
        }
      }
    }
    String addresses =
        Stream.of(words.get(1).split(","))
            .map("{'ip': '%s'}"::formatted)
            .collect(Collectors.joining(","));
    return (Pod)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '%s', 'namespace': 'default',
               'uid': '00000000-0000-0000-0000-00000000000%s', 'labels': {'app': 'web'} %s},
             'spec': {'nodeName': '%s', %s 'initContainers': [%s],
               'containers': [{'name': 'c', 'image': 'app', 'ports': [%s]}]},
             'status': {'phase': 'Running', 'podIP': '%s', 'podIPs': [%s],
               'conditions': [{'type': 'Ready', 'status': '%s'}]}}
            """
                .formatted(
                    words.get(0),
                    uid,
                    ending ? ", 'deletionTimestamp': '2025-01-01T00:00:00Z'" : "",
                    words.get(2),
                    hostname,
                    cut(sidecars),
                    cut(ports),
                    words.get(1).replaceAll(",.*", ""),
                    addresses,
                    unready ? "False" : "True"));
  }

  private static String cut(StringBuilder list) {
    return list.isEmpty() ? "" : list.substring(0, list.length() - 1);
  }

  private static String text(EndpointSlice slice) {
    String ports =
        slice.ports().stream()
            .map(port -> port.name() + ":" + port.port())
            .collect(Collectors.joining(","));
    TreeSet<String> endpoints = new TreeSet<>();
    slice.endpoints().forEach(endpoint -> endpoints.add(text(endpoint)));
    return slice.name()
        + (slice.addressType().equals("IPv4") ? " " : " IPv6 ")
        + (ports.isEmpty() ? "-" : ports)
        + " "
        + endpoints;
  }

  private static String text(Endpoint endpoint) {
    ObjectReference pod = requireNonNull(endpoint.targetRef());
    EndpointConditions conditions = requireNonNull(endpoint.conditions());
    EndpointHints hints = endpoint.hints();
    return pod.name()
        + (endpoint.hostname() == null ? "" : "@" + endpoint.hostname())
        + (Boolean.TRUE.equals(conditions.ready()) ? "" : " not ready")
        + (Objects.equals(conditions.serving(), conditions.ready())
            ? ""
            : Boolean.TRUE.equals(conditions.serving()) ? " but serving" : " but not serving")
        + (Boolean.TRUE.equals(conditions.terminating()) ? " terminating" : "")
        + (hints == null
            ? ""
            : hints.forZones().stream()
                    .map(ForZone::name)
                    .map(" >"::concat)
                    .collect(Collectors.joining())
                + hints.forNodes().stream()
                    .map(ForNode::name)
                    .map(" >"::concat)
                    .collect(Collectors.joining()));
  }

  private static final List<Node> NODES =
      List.of(
          SliceFixtures.node("n0", "a", 8),
          SliceFixtures.node("n1", "b", 8),
          SliceFixtures.node("n2", "b", 8));

  static Stream<Arguments> services() {
    return Stream.of(
        arguments(
            "Named ports may be other numbers in each pod, and be missing",
            100,
            service("", HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:8080|p1 10.1.0.2 n0 web:9090|p2 10.1.0.3 n1 web:8080|p3 10.1.0.4"
                + " n1",
            "+3 ~0 -0",
            "s0 http:8080 [p0, p2]|s1 http:9090 [p1]|s2 - [p3]"),
        arguments(
            "Of several ports those that a pod lacks are left out",
            100,
            service(
                "",
                "'ports': [{'name': 'http', 'port': 80, 'targetPort': 'web', 'protocol': 'TCP'},"
                    + "{'name': 'dns', 'port': 53, 'targetPort': 'dns', 'protocol': 'UDP'},"
                    + "{'name': 'fix', 'port': 99, 'targetPort': 7, 'protocol': 'TCP'}],"
                    + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:8080 dns:53/UDP|p1 10.1.0.2 n0 web:8080 dns:53/TCP",
            "+2 ~0 -0",
            "s0 http:8080,dns:53,fix:7 [p0]|s1 http:8080,fix:7 [p1]"),
        arguments(
            "Ports of sidecars count, those of other init containers do not",
            100,
            service("", HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 >web:8081|p1 10.1.0.2 n0 !web:8081",
            "+2 ~0 -0",
            "s0 http:8081 [p0]|s1 - [p1]"),
        arguments(
            "A headless service may have no ports",
            100,
            service("", "'clusterIP': 'None', 'ipFamilies': ['IPv4'],"),
            "p0 10.1.0.1 n0 web:8080|p1 10.1.0.2 n0",
            "+1 ~0 -0",
            "s0 - [p0, p1]"),
        arguments(
            "A headless service of which no families are told has both",
            100,
            service("", "'clusterIP': 'None',"),
            "p0 10.1.0.1 n0",
            "+2 ~0 -0",
            "s0 - [p0]|s1 IPv6 - []"),
        arguments(
            "The own address tells the family",
            100,
            service("", "'clusterIP': 'fd00::1',"),
            "p0 10.1.0.1,FD00:0::9 n0",
            "+1 ~0 -0",
            "s0 IPv6 - [p0]"),
        arguments(
            "Pods that end still serve, and those that are not ready do not",
            100,
            service("", HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80 ending|p1 10.1.0.2 n0 web:80 unready"
                + "|p2 10.1.0.3 n1 web:80 unready ending",
            "+1 ~0 -0",
            "s0 http:80 [p0 not ready but serving terminating, p1 not ready,"
                + " p2 not ready terminating]"),
        arguments(
            "publishNotReadyAddresses makes all ready, also where nobody knows the node",
            100,
            service("", "'publishNotReadyAddresses': true," + HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80 ending|p1 10.1.0.2 lost web:80 unready",
            "+1 ~0 -0",
            "s0 http:80 [p0 terminating, p1 but not serving]"),
        arguments(
            "Pods whose node nobody knows are left out",
            100,
            service("", HTTP + ONE_FAMILY),
            "p0 10.1.0.1 lost web:80|p1 10.1.0.2 n0 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p1]"),
        arguments(
            "Slices are filled up to the limit",
            2,
            service("", HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80|p1 10.1.0.2 n0 web:80|p2 10.1.0.3 n0 web:80",
            "+2 ~0 -0",
            "s0 http:80 [p0, p1]|s1 http:80 [p2]"),
        arguments(
            "Host names are those of the service's domain",
            100,
            service("", "'clusterIP': 'None', 'ipFamilies': ['IPv4'],"),
            "p0 10.1.0.1 n0 host=db-0",
            "+1 ~0 -0",
            "s0 - [p0@db-0]"),
        arguments(
            "PreferSameNode hints at node and zone, of ready endpoints alone",
            100,
            service("", "'trafficDistribution': 'PreferSameNode'," + HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80|p1 10.1.0.2 n1 web:80 unready",
            "+1 ~0 -0",
            "s0 http:80 [p0 >a >n0, p1 not ready]"),
        arguments(
            "PreferSameZone is PreferClose",
            100,
            service("", "'trafficDistribution': 'PreferSameZone'," + HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p0 >a]"),
        arguments(
            "The annotation counts before the field, and is for as many endpoints as zones at"
                + " least",
            100,
            service(
                "'annotations': {'service.kubernetes.io/topology-mode': 'Auto'},",
                "'trafficDistribution': 'PreferClose'," + HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p0]"),
        arguments(
            "An annotation of another value leaves it to the field",
            100,
            service(
                "'annotations': {'service.kubernetes.io/topology-mode': 'Never'},",
                "'trafficDistribution': 'PreferClose'," + HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p0 >a]"),
        arguments(
            "Zones get endpoints by their CPU: a has a third of it, b two thirds",
            100,
            service(
                "'annotations': {'service.kubernetes.io/topology-mode': 'auto'},",
                HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80|p1 10.1.0.2 n0 web:80|p2 10.1.0.3 n0 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p0 >b, p1 >b, p2 >a]"),
        arguments(
            "Two endpoints for a third and two thirds: b needs both by itself (1.33 / 1.2, up)",
            100,
            service(
                "'annotations': {'service.kubernetes.io/topology-mode': 'auto'},",
                HTTP + ONE_FAMILY),
            "p0 10.1.0.1 n0 web:80|p1 10.1.0.2 n1 web:80",
            "+1 ~0 -0",
            "s0 http:80 [p0, p1]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("services")
  void aSyncFromNothing(
      String name, int max, Service service, String pods, String writes, String slices) {
    World world = new World(max, NODES);

    assertThat(world.sync(service, pods.split("\\|"))).isEqualTo(writes);
    assertThat(world.slices()).containsExactly(slices.split("\\|"));
    assertThat(world.sync(service, pods.split("\\|"))).isEqualTo("+0 ~0 -0");
  }

  @Test
  void aPodOfTheSameNameAndAddressStaysWhereItIs() {
    World world = new World(2, NODES);
    Service service = service("", HTTP + ONE_FAMILY);
    String p1 = "p1 10.1.0.2 n0 web:80";
    world.sync(service, "p0 10.1.0.1 n0 web:80", p1, "p2 10.1.0.3 n0 web:80");

    assertThat(
            world.sync(service, "p0 10.1.0.1 n0 web:80 uid=2", p1, "p2 10.1.0.3 n0 web:80 uid=2"))
        .isEqualTo("+0 ~2 -0");
    assertThat(world.slices()).containsExactly("s0 http:80 [p0, p1]", "s1 http:80 [p2]");

    // With another address it is another one, and fills what is written anyway.
    assertThat(world.sync(service, "p0 10.1.0.9 n0 web:80", p1, "p2 10.1.0.3 n0 web:80 uid=2"))
        .isEqualTo("+0 ~1 -0");
  }

  @Test
  void thePlaceholderIsTakenByPodsWithoutPorts() {
    Service service = service("", HTTP + ONE_FAMILY);
    World world = new World(2, NODES);
    assertThat(world.sync(service)).isEqualTo("+1 ~0 -0");
    assertThat(world.slices()).containsExactly("s0 - []");

    assertThat(world.sync(service, "p0 10.1.0.1 n0")).isEqualTo("+0 ~1 -0");
    assertThat(world.slices()).containsExactly("s0 - [p0]");
    // As many as fill a slice do not look for another one.
    World narrow = new World(1, NODES);
    narrow.sync(service);
    assertThat(narrow.sync(service, "p0 10.1.0.1 n0")).isEqualTo("+1 ~0 -0");
    assertThat(narrow.slices()).containsExactly("s0 - []", "s1 - [p0]");
  }

  @Test
  void labelsOfTheServiceAreThoseOfItsSlices() {
    World world = new World(1, NODES);
    String[] pods = {"p0 10.1.0.1 n0 web:80", "p1 10.1.0.2 n0 web:80"};
    world.sync(service("'labels': {'team': 'a'},", HTTP + ONE_FAMILY), pods);

    assertThat(world.sync(service("'labels': {'team': 'b'},", HTTP + ONE_FAMILY), pods))
        .isEqualTo("+0 ~2 -0");
    assertThat(world.slices.values())
        .allSatisfy(slice ->
            assertThat(slice.metadata().labels())
                .containsEntry("team", "b")
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry(
                    "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
                .hasSize(3));
    // Those that the controller needs are its own, whatever the service says.
    assertThat(
            world.sync(
                service(
                    "'labels': {'team': 'b', 'service.kubernetes.io/headless': 'x'},",
                    HTTP + ONE_FAMILY),
                pods))
        .isEqualTo("+0 ~0 -0");
  }

  @Test
  void thePlaceholderTakesEmptyLabelsForNone() {
    World world = new World(100, NODES);
    world.sync(service("", HTTP + ONE_FAMILY));

    assertThat(world.sync(service("'labels': {'team': ''},", HTTP + ONE_FAMILY)))
        .isEqualTo("+0 ~0 -0");
    assertThat(world.sync(service("'labels': {'team': 'b'},", HTTP + ONE_FAMILY)))
        .isEqualTo("+0 ~1 -0");
  }

  @Test
  void slicesOfAServiceThatWasGo() {
    World world = new World(100, NODES);
    Service service = service("", HTTP + ONE_FAMILY);
    world.sync(service, "p0 10.1.0.1 n0 web:80");
    EndpointSlice own = world.slices.get("s0");
    world.slices.put(
        "s0",
        requireNonNull(own)
            .withMetadata(
                ObjectMetaBuilder.builder(own.metadata())
                    .ownerReferences(ImmutableList.of())
                    .build()));

    assertThat(world.sync(service, "p0 10.1.0.1 n0 web:80")).isEqualTo("+1 ~0 -1");
    assertThat(world.slices()).containsExactly("s1 http:80 [p0]");
  }

  @Test
  void aFamilyThatTheServiceHasNoMoreGoes() {
    World world = new World(100, NODES);
    String pod = "p0 10.1.0.1,fd00::1 n0 web:80";
    assertThat(world.sync(service("", HTTP + "'ipFamilies': ['IPv4', 'IPv6'],"), pod))
        .isEqualTo("+2 ~0 -0");
    assertThat(world.sync(service("", HTTP + "'ipFamilies': ['IPv6'],"), pod))
        .isEqualTo("+0 ~0 -1");
    assertThat(world.slices()).containsExactly("s1 IPv6 http:80 [p0]");
  }

  @Test
  void endpointsWithoutAZoneEndHintsAndAreWrittenEachTime() {
    Service service =
        service(
            "'annotations': {'service.kubernetes.io/topology-mode': 'Auto'},",
            "'publishNotReadyAddresses': true," + HTTP + ONE_FAMILY);
    World world = new World(100, NODES);
    String[] pods = {"p0 10.1.0.1 n0 web:80", "p1 10.1.0.2 n1 web:80", "p2 10.1.0.3 n2 web:80"};
    world.sync(service, pods);
    assertThat(world.slices()).containsExactly("s0 http:80 [p0 >a, p1 >b, p2 >b]");

    pods[2] = "p2 10.1.0.3 lost web:80";
    assertThat(world.sync(service, pods)).isEqualTo("+0 ~1 -0");
    assertThat(world.slices()).containsExactly("s0 http:80 [p0, p1, p2]");
    // Its hints will not do, so upstream has it among those to be written before it finds out.
    assertThat(world.sync(service, pods)).isEqualTo("+0 ~1 -0");
  }
}
