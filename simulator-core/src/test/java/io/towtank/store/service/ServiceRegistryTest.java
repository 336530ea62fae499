package io.towtank.store.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Service;
import io.towtank.codec.Documents;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.patch.PatchType;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.StoreOptions;
import io.towtank.store.admission.ObjectDefaulter;
import io.towtank.time.Simulation;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ServiceRegistryTest {
  private static final ServiceRanges DUAL =
      ServiceRanges.DEFAULT.withClusterIps(ImmutableList.of("10.96.0.0/12", "fd00::/108"));

  private ApiStore store = store(ServiceRanges.DEFAULT);

  private static ApiStore store(ServiceRanges ranges) {
    return new ApiStore(
        new Simulation(1, 1_767_225_600_000_000_000L),
        StoreOptions.PLAIN.withAdmissions(
            ImmutableList.of(new ObjectDefaulter(), new ServiceRegistry(ranges))));
  }

  private static Service read(String name, String spec) {
    return (Service)
        ObjectCodec.read(
            YamlReader.read(
                    "a.yaml",
                    "{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: default}, spec: %s}"
                        .formatted(name, spec))
                .getFirst()
                .content());
  }

  private JsonNode create(String name, String spec) {
    return ObjectCodec.write(store.create(read(name, spec))).path("spec");
  }

  private JsonNode patch(String name, String spec) {
    return ObjectCodec.write(
            store.patch(
                Kinds.SERVICE,
                "default",
                name,
                PatchType.MERGE,
                Documents.json("{\"spec\": " + spec + "}"),
                false))
        .path("spec");
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 10);
  }

  @Test
  void aServiceGetsAnAddressAndKeepsIt() {
    JsonNode spec = create("web", "{selector: {a: b}, ports: [{port: 80}]}");
    assertThat(spec.path("clusterIP").asText()).matches("10\\.(9[6-9]|10\\d|11[01])\\..*");
    assertThat(spec.path("clusterIPs"))
        .isEqualTo(Documents.json("[" + spec.path("clusterIP") + "]"));
    assertThat(spec.path("ipFamilies")).isEqualTo(Documents.json("[\"IPv4\"]"));
    assertThat(spec.path("ipFamilyPolicy").asText()).isEqualTo("SingleStack");
    assertThat(spec.at("/ports/0").has("nodePort")).isFalse();
    // As kubectl apply sends it: without what was given.
    Service stored = Objects.requireNonNull(store.get(Kinds.SERVICE, "default", "web"));
    assertThat(store.update(read("web", "{selector: {a: b}, ports: [{port: 80}]}")))
        .isSameAs(stored);
    assertThat(patch("web", "{\"ports\": [{\"port\": 81}]}").path("clusterIP"))
        .isEqualTo(spec.path("clusterIP"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {clusterIP: None, selector: {a: b}} | {"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}
          {clusterIP: None} | {"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv4","IPv6"],"ipFamilyPolicy":"RequireDualStack"}
          {clusterIP: None, ipFamilyPolicy: SingleStack} | {"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}
          {type: ExternalName, externalName: a.b} | {}
          {clusterIP: 10.96.0.10, selector: {a: b}, ports: [{port: 53}]} | {"clusterIP":"10.96.0.10","clusterIPs":["10.96.0.10"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}
          {ipFamilyPolicy: PreferDualStack, clusterIP: 10.96.0.10, selector: {a: b}, ports: [{port: 53}]} | {"clusterIP":"10.96.0.10","clusterIPs":["10.96.0.10"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"PreferDualStack"}
          """)
  void addressesAreOfTheTypeAndOfTheFamilies(String spec, String expected) {
    JsonNode created = create("s", spec);
    ObjectNode addresses =
        ((ObjectNode) created).retain("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
    assertThat(addresses).isEqualTo(Documents.json(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "'', IPv4, 1",
    "'ipFamilyPolicy: PreferDualStack,', IPv4 IPv6, 2",
    "'ipFamilyPolicy: RequireDualStack,', IPv4 IPv6, 2",
    "'ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6],', IPv6 IPv4, 2",
    "'ipFamilies: [IPv6],', IPv6, 1",
    "'clusterIP: \"fd00::5\",', IPv6, 1"
  })
  void twoRangesMakeADualStackCluster(String more, String families, int addresses) {
    store = store(DUAL);
    JsonNode spec = create("s", "{%s selector: {a: b}, ports: [{port: 80}]}".formatted(more));
    assertThat(spec.path("ipFamilies"))
        .extracting(JsonNode::asText)
        .containsExactly(families.split(" "));
    assertThat(spec.path("clusterIPs")).hasSize(addresses);
    for (int i = 0; i < addresses; i++) {
      assertThat(spec.at("/clusterIPs/" + i).asText().contains(":"))
          .isEqualTo(spec.at("/ipFamilies/" + i).asText().equals("IPv6"));
    }
  }

  @Test
  void aServiceBecomesDualStackAndSingleAgain() {
    store = store(DUAL);
    JsonNode single = create("s", "{selector: {a: b}, ports: [{port: 80}]}");
    JsonNode dual = patch("s", "{\"ipFamilyPolicy\": \"RequireDualStack\"}");
    assertThat(dual.path("clusterIPs")).hasSize(2);
    assertThat(dual.path("clusterIP")).isEqualTo(single.path("clusterIP"));
    JsonNode again = patch("s", "{\"ipFamilyPolicy\": \"SingleStack\"}");
    assertThat(again.path("clusterIPs")).isEqualTo(single.path("clusterIPs"));
    assertThat(again.path("ipFamilies")).isEqualTo(single.path("ipFamilies"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {clusterIP: 10.96.0.10, ports: [{port: 80}], selector: {a: b}} | spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated
          {clusterIP: 10.1.0.10, ports: [{port: 80}], selector: {a: b}} | spec.clusterIPs: Invalid value: ["10.1.0.10"]: failed to allocate IP 10.1.0.10: the provided network does not match the current range
          {clusterIP: x, ports: [{port: 80}], selector: {a: b}} | spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
          {clusterIP: 10.96.0.11, clusterIPs: [10.96.0.12], ports: [{port: 80}], selector: {a: b}} | spec.clusterIPs[0]: Invalid value: ["10.96.0.12"]: first value must match `clusterIP`
          {ipFamilyPolicy: RequireDualStack, ports: [{port: 80}], selector: {a: b}} | spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services
          {ipFamilies: [IPv6], ports: [{port: 80}], selector: {a: b}} | spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster
          {clusterIP: "fd00::1", ports: [{port: 80}], selector: {a: b}} | spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster
          {type: NodePort, ports: [{port: 80, nodePort: 30080}], selector: {a: b}} | spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated
          {type: NodePort, ports: [{port: 80, nodePort: 80}], selector: {a: b}} | spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767
          """)
  void whatIsNotToBeHadIsRefused(String spec, String why) {
    create(
        "first",
        "{type: NodePort, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30080}], selector:"
            + " {a: b}}");
    long revision = store.revision();
    assertThatThrownBy(() -> create("s", spec)).hasMessage("Service \"s\" is invalid: " + why);
    assertThat(store.revision()).isEqualTo(revision);
  }

  @Test
  void anAddressMayNotChange() {
    create("s", "{clusterIP: 10.96.0.10, selector: {a: b}, ports: [{port: 80}]}");
    assertThatThrownBy(() -> patch("s", "{\"clusterIP\": \"10.96.0.11\"}"))
        .hasMessage(
            "Service \"s\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.96.0.11\"]: may not"
                + " change once set");
    assertThatThrownBy(() -> patch("s", "{\"clusterIP\": \"None\"}"))
        .hasMessageContaining(
            "spec.clusterIPs[0]: Invalid value: [\"None\"]: may not change once set");
  }

  @Test
  void whatADeletedServiceHadIsFree() {
    String spec =
        "{type: NodePort, clusterIP: 10.96.0.10, selector: {a: b}, ports: [{port: 80, nodePort:"
            + " 30080}]}";
    create("s", spec);
    store.delete(Kinds.SERVICE, "default", "s", DeleteOptions.DEFAULT);
    assertThat(create("t", spec).path("clusterIP").asText()).isEqualTo("10.96.0.10");
  }

  @Test
  void typesChangeWithWhatTheyNeed() {
    create("s", "{selector: {a: b}, ports: [{port: 80}]}");
    JsonNode balanced = patch("s", "{\"type\": \"LoadBalancer\"}");
    int port = balanced.at("/ports/0/nodePort").asInt();
    assertThat(port).isBetween(30_000, 32_767);
    assertThat(balanced.path("externalTrafficPolicy").asText()).isEqualTo("Cluster");
    assertThat(patch("s", "{\"type\": \"NodePort\"}").at("/ports/0/nodePort").asInt())
        .isEqualTo(port);
    JsonNode plain = patch("s", "{\"type\": \"ClusterIP\"}");
    assertThat(plain.at("/ports/0").has("nodePort")).isFalse();
    assertThat(plain.has("externalTrafficPolicy")).isFalse();
    assertThat(plain.path("clusterIP")).isEqualTo(balanced.path("clusterIP"));
    JsonNode external = patch("s", "{\"type\": \"ExternalName\", \"externalName\": \"a.b\"}");
    assertThat(external.has("clusterIP")).isFalse();
    assertThat(external.has("ipFamilies")).isFalse();
    assertThat(
            create(
                "t",
                "{clusterIP: %s, ports: [{port: 80}]}".formatted(plain.path("clusterIP").asText())))
        .isNotEmpty();
  }

  @Test
  void portsOfOneNumberShareANodePort() {
    JsonNode spec =
        create(
            "dns",
            "{type: NodePort, ports: [{name: u, port: 53, protocol: UDP}, {name: t, port: 53},"
                + " {name: m, port: 9153}]}");
    assertThat(spec.at("/ports/0/nodePort")).isEqualTo(spec.at("/ports/1/nodePort"));
    assertThat(spec.at("/ports/2/nodePort")).isNotEqualTo(spec.at("/ports/1/nodePort"));
  }

  @Test
  void balancersCanDoWithoutNodePortsAndMayNeedOneForHealthChecks() {
    JsonNode spec =
        create(
            "lb",
            "{type: LoadBalancer, allocateLoadBalancerNodePorts: false, externalTrafficPolicy:"
                + " Local, ports: [{port: 80}]}");
    assertThat(spec.at("/ports/0").has("nodePort")).isFalse();
    assertThat(spec.path("healthCheckNodePort").asInt()).isBetween(30_000, 32_767);
  }

  /** Many Services come and go; at all times no two of them have the same. */
  @ParameterizedTest
  @MethodSource("seeds")
  void noTwoServicesHaveTheSame(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    store = store(new ServiceRanges(ImmutableList.of("10.0.0.0/26", "fd00::/122"), 30_000, 30_059));
    for (int step = 0; step < 400; step++) {
      String name = "s" + random.nextInt(60);
      String type = random.nextInt(3) == 0 ? "NodePort" : "ClusterIP";
      String policy = random.nextBoolean() ? "SingleStack" : "PreferDualStack";
      if (store.get(Kinds.SERVICE, "default", name) == null) {
        create(
            name,
            "{type: %s, ipFamilyPolicy: %s, selector: {a: b}, ports: [{port: 80}]}"
                .formatted(type, policy));
      } else if (random.nextBoolean()) {
        store.delete(Kinds.SERVICE, "default", name, DeleteOptions.DEFAULT);
      } else {
        patch(name, "{\"type\": \"%s\", \"ipFamilyPolicy\": \"%s\"}".formatted(type, policy));
      }
      TreeSet<String> seen = new TreeSet<>();
      for (Service service : store.list(Kinds.SERVICE)) {
        JsonNode spec = ObjectCodec.write(service).path("spec");
        for (JsonNode ip : spec.path("clusterIPs")) {
          assertThat(seen.add(ip.asText()))
              .as("%s twice; replay with -Dtowtank.test.seed=%d", ip, seed)
              .isTrue();
        }
        JsonNode port = spec.at("/ports/0/nodePort");
        assertThat(port.isMissingNode() || seen.add(port.asText()))
            .as("%s twice; replay with -Dtowtank.test.seed=%d", port, seed)
            .isTrue();
        assertThat(port.isMissingNode()).isEqualTo(!spec.path("type").asText().equals("NodePort"));
      }
    }
  }

  @Test
  void fullRangesAreToldAsSuch() {
    store = store(new ServiceRanges(ImmutableList.of("10.0.0.0/30"), 30_000, 30_000));
    create("a", "{ports: [{port: 80}]}");
    create("b", "{type: NodePort, ports: [{port: 80}]}");
    assertThatThrownBy(() -> create("c", "{ports: [{port: 80}]}"))
        .hasMessage("Internal error occurred: failed to allocate a serviceIP: range is full");
    store.delete(Kinds.SERVICE, "default", "a", DeleteOptions.DEFAULT);
    assertThatThrownBy(() -> create("c", "{type: NodePort, ports: [{port: 80}]}"))
        .hasMessage("Internal error occurred: failed to allocate a nodePort: range is full");
    // What was refused took nothing.
    assertThat(create("c", "{ports: [{port: 80}]}")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"10.96.0.0", "10.96.0.0/40", "10.96.0.0/31", "x/8", "fd00::/129", "''"})
  void aRangeIsARange(String range) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceRanges.DEFAULT.withClusterIps(ImmutableList.of(range)));
  }
}
