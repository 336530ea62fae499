package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerStateBuilder;
import io.towtank.api.ContainerStateRunningBuilder;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointBuilder;
import io.towtank.api.EndpointConditionsBuilder;
import io.towtank.api.EndpointHintsBuilder;
import io.towtank.api.EndpointSlice;
import io.towtank.api.EndpointSliceBuilder;
import io.towtank.api.Fields;
import io.towtank.api.ForZone;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeConditionBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReferenceBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.ServiceBuilder;
import io.towtank.api.ServiceSpec;
import io.towtank.api.ServiceSpecBuilder;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import io.towtank.node.NodeNetwork;
import io.towtank.node.NodePool;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.CheckMode;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import io.towtank.traffic.route.ClusterRouter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traffic in a store with nodes, pods and slices that the test writes. */
class ServiceTrafficTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ObjectKey SHOP = new ObjectKey("default", "shop");

  private final Simulation simulation = new Simulation(1, 0, CheckMode.PARANOID);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Set<String> down = new HashSet<>();
  private @Nullable ServiceTraffic started;

  private void start(int nodes, ServiceDemand... demands) {
    NodePool.of(nodes).create(NodeNetwork.forNodes(100), store::create);
    for (Node node : store.list(Kinds.NODE)) {
      store.updateStatus(
          node.withStatus(
              NodeStatusBuilder.builder(node.status())
                  .conditions(
                      ImmutableList.of(
                          NodeConditionBuilder.builder()
                              .type("Ready")
                              .status(ConditionStatus.TRUE)
                              .build()))
                  .build()));
    }
    InformerFactory informers = new InformerFactory(store, 0);
    LatencyProfile latency = LatencyProfile.INSTANT;
    ServiceTraffic traffic =
        new ServiceTraffic(
            new ComponentContext(
                simulation,
                new ApiClient(
                    "traffic", simulation, store, latency.apiRequest(), ClientLimits.NONE),
                informers,
                simulation.random("traffic"),
                new Recorder(),
                latency),
            ImmutableList.copyOf(demands),
            new ClusterRouter(informers),
            (pod, container, resource, from, to) -> 0,
            node -> !down.contains(node));
    traffic.start();
    started = traffic;
    informers.start();
  }

  private static ServiceDemand demand(double perSecond, double costMillis) {
    return ServiceDemand.of(
        SHOP, new DemandCurve.Constant(perSecond), RequestCost.constant(costMillis * 1e6));
  }

  private static ServiceDemand with(
      ServiceDemand demand, UnaryOperator<ServiceDemandBuilder> change) {
    return change.apply(ServiceDemandBuilder.builder(demand)).build();
  }

  private void service(UnaryOperator<ServiceSpecBuilder> change) {
    ServiceSpec spec =
        change.apply(ServiceSpecBuilder.builder().clusterIP("10.96.0.1").type("ClusterIP")).build();
    store.create(
        ServiceBuilder.builder()
            .metadata(ObjectMetaBuilder.builder().name("shop").namespace("default").build())
            .spec(spec)
            .build());
  }

  private void service() {
    service(spec -> spec);
  }

  private static String nodeName(int node) {
    return "node-%05d".formatted(node);
  }

  private Pod pod(String name, int node, String cpuLimit) {
    Container container =
        ContainerBuilder.builder()
            .name("app")
            .image("app:1")
            .resources(
                ResourceRequirementsBuilder.builder()
                    .limits(ImmutableMap.of("cpu", Quantity.parse(cpuLimit)))
                    .build())
            .build();
    Pod created =
        store.create(
            PodBuilder.builder()
                .metadata(ObjectMetaBuilder.builder().name(name).namespace("default").build())
                .spec(PodSpecBuilder.builder().containers(ImmutableList.of(container)).build())
                .nodeName(nodeName(node))
                .build());
    return store.updateStatus(
        PodBuilder.builder(created)
            .status(
                PodStatusBuilder.builder()
                    .phase(PodPhase.RUNNING)
                    .containerStatuses(
                        ImmutableList.of(
                            ContainerStatusBuilder.builder()
                                .name("app")
                                .ready(true)
                                .state(
                                    ContainerStateBuilder.builder()
                                        .running(ContainerStateRunningBuilder.builder().build())
                                        .build())
                                .build()))
                    .build())
            .build());
  }

  private static Endpoint endpoint(String pod, int node, boolean ready, String hint) {
    return EndpointBuilder.builder()
        .addresses(ImmutableList.of("10.0.0.1"))
        .conditions(
            EndpointConditionsBuilder.builder()
                .ready(ready)
                .serving(ready)
                .terminating(false)
                .build())
        .targetRef(ObjectReferenceBuilder.builder().kind("Pod").name(pod).build())
        .nodeName(nodeName(node))
        .zone("zone-" + node % 3)
        .hints(
            hint.isEmpty()
                ? null
                : EndpointHintsBuilder.builder()
                    .forZones(ImmutableList.of(new ForZone(hint, Fields.NONE)))
                    .build())
        .build();
  }

  private static EndpointSlice slice(List<Endpoint> endpoints) {
    return EndpointSliceBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name("shop-1")
                .namespace("default")
                .labels(ImmutableMap.of("kubernetes.io/service-name", "shop"))
                .build())
        .addressType("IPv4")
        .endpoints(ImmutableList.copyOf(endpoints))
        .build();
  }

  /** So many pods behind the service, one on each node. */
  private void pods(int count, String cpuLimit) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pod("p" + i, i, cpuLimit);
      endpoints.add(endpoint("p" + i, i, true, ""));
    }
    store.create(slice(endpoints));
  }

  private void rewrite(List<Endpoint> endpoints) {
    EndpointSlice stored =
        Objects.requireNonNull(store.get(Kinds.ENDPOINT_SLICE, "default", "shop-1"));
    store.update(
        EndpointSliceBuilder.builder(stored).endpoints(ImmutableList.copyOf(endpoints)).build());
  }

  private void run(long untilSeconds) {
    simulation.run(new StopCondition.Time(untilSeconds * SECOND));
  }

  private ServiceTraffic traffic() {
    return Objects.requireNonNull(started);
  }

  private double live(String what) {
    return Objects.requireNonNull(traffic().live("default/shop", what)).getAsDouble();
  }

  private TrafficResult result() {
    return traffic().results().getFirst();
  }

  private Pod stored(String name) {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", name));
  }

  private double cores(String pod, long fromSeconds, long toSeconds) {
    return traffic()
            .averageMilli(stored(pod), "app", "cpu", fromSeconds * SECOND, toSeconds * SECOND)
        / 1000.0;
  }

  @Test
  void everyRequestIsCountedAndTakesItsCpu() {
    start(3, demand(300, 2));
    service();
    pods(3, "1");
    run(60);
    // Nodes are known after a tenth of a second.
    assertThat(result().requests()).isEqualTo(18_000 - 30);
    assertThat(result().succeeded()).isEqualTo(18_000 - 30);
    double sum = cores("p0", 30, 60) + cores("p1", 30, 60) + cores("p2", 30, 60);
    assertThat(sum).isCloseTo(0.6, within(0.01));
    assertThat(cores("p0", 30, 60)).isCloseTo(0.2, within(0.03));
    // 2 ms, and now and then a short wait.
    assertThat(result().quantileNanos().get(0)).isBetween(1.9e6, 2.5e6);
    assertThat(result().quantileNanos().get(2)).isBetween(2.2e6, 6.0e6);
  }

  @Test
  void withoutEndpointsRequestsAreRefused() {
    start(3, demand(10, 1));
    service();
    run(30);
    assertThat(result().refused()).isEqualTo(299);
    assertThat(result().succeeded()).isZero();
  }

  @Test
  void withoutTrafficNothingIsThere() {
    start(3);
    service();
    pods(1, "1");
    run(30);
    assertThat(traffic().results()).isEmpty();
    assertThat(traffic().live("default/shop", "rate")).isNull();
  }

  /** 150 requests a second of 10 ms on one core: a third gives up, the others wait long. */
  @Test
  void whatIsTooMuchWaitsAndGivesUp() {
    start(1, demand(150, 10));
    service();
    pods(1, "1");
    run(600);
    assertThat(result().errorShare()).isCloseTo(1 / 3.0, within(0.02));
    assertThat(result().timedOut()).isEqualTo(result().requests() - result().succeeded());
    assertThat(result().quantileNanos().get(0)).isCloseTo(5e9, within(0.3e9));
    assertThat(cores("p0", 570, 600)).isCloseTo(1, within(0.01));
  }

  @Test
  void aQueueThatIsFullTurnsRequestsAway() {
    start(1, with(demand(150, 10), d -> d.queueLimit(20)));
    service();
    pods(1, "1");
    run(600);
    assertThat(result().shed()).isCloseTo(result().requests() / 3, within(2000L));
    assertThat(result().timedOut()).isZero();
    assertThat(result().quantileNanos().get(2)).isLessThan(0.25e9);
  }

  /** Half a core makes requests take twice as long. */
  @Test
  void aLimitSlowsRequestsDown() {
    start(1, demand(5, 10));
    service();
    pods(1, "500m");
    run(60);
    assertThat(result().quantileNanos().get(0)).isBetween(19e6, 23e6);
  }

  /** What rules still have and is gone is lost, until they are synced: by mode. */
  @ParameterizedTest
  @CsvSource({"IPTABLES, 1000, 1200", "IPVS, 10, 50", "NFTABLES, 1000, 1200"})
  void whatIsSentToPodsThatAreGoneIsLostUntilRulesAreSynced(
      Dataplane mode, long fromMillis, long toMillis) {
    start(2, with(demand(1000, 1), d -> d.proxyMode(mode)));
    service();
    pods(2, "1");
    run(60);
    // Both at once: the process ends, and the slice says so.
    simulation.schedule(
        600_000_000L,
        () -> {
          store.delete(Kinds.POD, "default", "p1", now());
          rewrite(List.of(endpoint("p0", 0, true, "")));
          // A sync has just ended because of another service's endpoints.
        });
    simulation.schedule(599_000_000L, this::otherService);
    run(90);
    long lost = result().unreachable();
    // Half of a thousand a second.
    assertThat(lost * 2).isBetween(fromMillis, toMillis);
    assertThat(result().requests()).isEqualTo(90_000 - 100);
  }

  private static DeleteOptions now() {
    return new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, null);
  }

  private void otherService() {
    store.create(
        EndpointSliceBuilder.builder(slice(List.of()))
            .metadata(
                ObjectMetaBuilder.builder()
                    .name("other-1")
                    .namespace("default")
                    .labels(ImmutableMap.of("kubernetes.io/service-name", "other"))
                    .build())
            .build());
  }

  @Test
  void aNodeThatDiesTakesItsShareUntilItsEndpointsGo() {
    start(4, demand(400, 1));
    service();
    pods(4, "1");
    run(60);
    down.add(nodeName(3));
    traffic().nodesChanged();
    run(100);
    assertThat(result().unreachable()).isCloseTo(4000L, within(300L));
    down.clear();
    traffic().nodesChanged();
    run(200);
    assertThat(result().unreachable()).isCloseTo(4000L, within(300L));
  }

  @Test
  void hintsKeepRequestsInTheirZone() {
    start(3, demand(300, 1));
    service();
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      pod("p" + i, i, "1");
      endpoints.add(endpoint("p" + i, i, true, "zone-" + i));
    }
    store.create(slice(endpoints));
    run(60);
    assertThat(result().sameZone()).isCloseTo(1, within(1e-9));
    // One has no hint: all go everywhere.
    rewrite(List.of(endpoints.get(0), endpoints.get(1), endpoint("p2", 2, true, "")));
    run(120);
    assertThat(result().sameZone()).isCloseTo((1 + 1 / 3.0) / 2, within(0.02));
  }

  @Test
  void aZoneAsksItsOwnEndpoints() {
    start(3, with(demand(300, 1), d -> d.from(new TrafficSource.Zone("zone-1"))));
    service();
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      pod("p" + i, i, "1");
      endpoints.add(endpoint("p" + i, i, true, "zone-" + i));
    }
    store.create(slice(endpoints));
    run(60);
    assertThat(cores("p1", 30, 60)).isCloseTo(0.3, within(0.01));
    assertThat(cores("p0", 30, 60)).isZero();
  }

  /** Two nodes of four have endpoints; what comes from the other two is lost. */
  @Test
  void internalTrafficPolicyLocalStaysOnTheNode() {
    start(4, demand(400, 1));
    service(spec -> spec.internalTrafficPolicy("Local"));
    pods(2, "1");
    run(60);
    assertThat(result().errorShare()).isCloseTo(0.5, within(0.02));
  }

  /** A load balancer leaves nodes out that have none; who goes by node ports finds nobody there. */
  @ParameterizedTest
  @CsvSource({"LoadBalancer, 0", "NodePort, 0.5", "ClusterIP, 1"})
  void externalTrafficPolicyLocalDependsOnTheWayIn(String type, double lost) {
    start(4, with(demand(400, 1), d -> d.from(new TrafficSource.Outside())));
    service(spec -> spec.type(type).externalTrafficPolicy("Local"));
    pods(2, "1");
    run(60);
    assertThat(result().errorShare()).isCloseTo(lost, within(0.02));
  }

  /** Clients go on to the pod that they know; new pods get none of them. */
  @Test
  void sessionAffinityKeepsClientsWhereTheyAre() {
    start(3, with(demand(300, 1), d -> d.clients(30)));
    service(spec -> spec.sessionAffinity("ClientIP"));
    pods(2, "1");
    run(60);
    pod("p2", 2, "1");
    rewrite(
        List.of(
            endpoint("p0", 0, true, ""), endpoint("p1", 1, true, ""), endpoint("p2", 2, true, "")));
    run(120);
    assertThat(cores("p2", 90, 120)).isZero();
    // One goes: its clients are spread over those that are left.
    rewrite(List.of(endpoint("p1", 1, true, ""), endpoint("p2", 2, true, "")));
    run(180);
    assertThat(cores("p2", 150, 180)).isBetween(0.02, 0.15);
    assertThat(cores("p1", 150, 180) + cores("p2", 150, 180)).isCloseTo(0.3, within(0.01));
  }

  @Test
  void headlessServicesAreLookedUp() {
    start(2, demand(100, 1));
    service(spec -> spec.clusterIP("None"));
    pods(2, "1");
    run(60);
    rewrite(List.of(endpoint("p0", 0, true, "")));
    store.delete(Kinds.POD, "default", "p1", now());
    run(90);
    // Answers are kept for a while.
    assertThat(result().unreachable()).isBetween(100L, 150L);
  }

  private void istio(String spec) {
    for (ManifestDocument document : ManifestReader.read("istio.yaml", spec).documents()) {
      store.create(document.object());
    }
  }

  /** One of four is gone: a quarter of the attempts fail, and a quarter of the second ones. */
  @ParameterizedTest
  @CsvSource({"0, 0.25, 0", "1, 0.0625, 0.25", "3, 0.0039, 0.328"})
  void attemptsThatFailAreRepeated(int attempts, double lost, double repeated) {
    start(4, demand(400, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - retries: {attempts: %d}
            route: [{destination: {host: shop}}]
        """
            .formatted(attempts));
    pods(4, "1");
    down.add(nodeName(3));
    run(600);
    double requests = result().requests();
    assertThat(result().errorShare()).isCloseTo(lost, within(0.01));
    assertThat(result().retried() / requests).isCloseTo(repeated, within(0.02));
  }

  /** After five errors the one that is gone is left out, and looked at again now and then. */
  @Test
  void endpointsThatFailAreLeftOut() {
    start(4, demand(400, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop, namespace: default}
        spec:
          host: shop
          trafficPolicy:
            loadBalancer: {simple: RANDOM}
            outlierDetection: {consecutive5xxErrors: 5, baseEjectionTime: 30s, maxEjectionPercent: 50}
        """);
    pods(4, "1");
    down.add(nodeName(3));
    run(600);
    // Left out for 30, 60, 90 … seconds, and asked for five seconds in between, but for retries.
    assertThat(result().errorShare()).isBetween(0.0002, 0.003);
    assertThat(cores("p0", 590, 600)).isCloseTo(0.133, within(0.03));
  }

  /** Who was left out is asked again when that is over, also where rules change afterwards. */
  @Test
  void endpointsThatWereLeftOutComeBack() {
    start(2, demand(400, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop, namespace: default}
        spec:
          host: shop
          trafficPolicy:
            loadBalancer: {simple: RANDOM}
            outlierDetection: {consecutive5xxErrors: 5, baseEjectionTime: 30s, maxEjectionPercent: 50}
        """);
    pods(2, "1");
    run(60);
    down.add(nodeName(1));
    traffic().nodesChanged();
    run(70);
    down.clear();
    traffic().nodesChanged();
    run(200);
    assertThat(cores("p1", 170, 200)).isCloseTo(0.2, within(0.02));
    rewrite(List.of(endpoint("p1", 1, true, ""), endpoint("p0", 0, true, "")));
    run(300);
    assertThat(cores("p1", 270, 300)).isCloseTo(0.2, within(0.02));
  }

  /** All are gone, and attempts repeated, when nobody is left to ask: each fails once. */
  @Test
  void noMoreRequestsFailThanCome() {
    start(2, demand(100, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop, namespace: default}
        spec: {host: shop}
        """);
    pods(2, "1");
    down.add(nodeName(0));
    down.add(nodeName(1));
    run(61);
    assertThat(result().retried()).isGreaterThan(10_000);
    rewrite(List.of());
    run(120);
    assertThat(result().errorShare()).isCloseTo(1, within(1e-9));
    assertThat(result().refused()).isCloseTo(5_900, within(30L));
  }

  /**
   * Errors in a row count over intervals: a dead pod that is asked now and then is found as well.
   */
  @Test
  void endpointsThatFailNowAndThenAreLeftOut() {
    start(4, demand(2, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop, namespace: default}
        spec:
          host: shop
          trafficPolicy:
            outlierDetection: {consecutive5xxErrors: 20, baseEjectionTime: 1h, maxEjectionPercent: 50}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - retries: {attempts: 0}
            route: [{destination: {host: shop}}]
        """);
    pods(4, "1");
    down.add(nodeName(3));
    run(900);
    assertThat(result().unreachable()).isBetween(20L, 30L);
  }

  @Test
  void aSubsetThatNobodySaysAnythingOfHasNoPods() {
    start(2, demand(100, 1));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - route:
            - {destination: {host: shop}, weight: 75}
            - {destination: {host: shop, subset: v9}, weight: 25}
        """);
    pods(2, "1");
    run(600);
    assertThat(result().refused() / 60_000.0).isCloseTo(0.25, within(0.01));
    assertThat(result().retried()).isZero();
  }

  @Test
  void mirroredRequestsAreLoadAlone() {
    start(2, demand(100, 10));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - mirror: {host: shop}
            mirrorPercentage: {value: 50}
            route: [{destination: {host: shop}}]
        """);
    pods(2, "4");
    run(600);
    assertThat(result().requests()).isBetween(59_990L, 60_000L);
    assertThat(cores("p0", 570, 600) + cores("p1", 570, 600)).isCloseTo(1.5, within(0.05));
  }

  @Test
  void faultsAreInjected() {
    start(2, demand(100, 10));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - fault:
              abort: {percentage: {value: 10}, httpStatus: 500}
              delay: {percentage: {value: 20}, fixedDelay: 2s}
            route: [{destination: {host: shop}}]
        """);
    pods(2, "4");
    run(600);
    assertThat(result().requests()).isBetween(59_990L, 60_000L);
    assertThat(result().refused() / 60_000.0).isCloseTo(0.1, within(0.005));
    assertThat(result().errorShare()).isCloseTo(0.1, within(0.005));
    assertThat(result().quantileNanos().get(0)).isLessThan(0.1e9);
    assertThat(result().quantileNanos().get(1)).isBetween(1.8e9, 2.2e9);
    assertThat(cores("p0", 570, 600) + cores("p1", 570, 600)).isCloseTo(0.9, within(0.05));
  }

  /** Half of what a pod can do waits longer than an attempt may now and then. */
  @ParameterizedTest
  @CsvSource({
    "'', 0.02, 0.03",
    "'retryOn: connect-failure', 0.02, 0.03",
    "'retryOn: gateway-error', 0.0000001, 0.002",
    "'retryOn: \"5xx,reset\"', 0.0000001, 0.002",
  })
  void attemptsThatTakeTooLongAreRepeatedWhereThatIsSaid(
      String retryOn, double least, double most) {
    start(
        4,
        with(
            demand(200, 10),
            d -> d.cost(RequestCost.of(new Distribution.Exponential(10_000_000)))));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - retries:
              attempts: 2
              perTryTimeout: 50ms
              %s
            route: [{destination: {host: shop}}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop, namespace: default}
        spec: {host: shop, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
        """
            .formatted(retryOn));
    pods(4, "1");
    run(600);
    assertThat(result().errorShare()).isBetween(least, most);
    assertThat(result().retried() > 0).isEqualTo(most < 0.01);
  }

  @Test
  void sourceLabelsAreThoseOfThePodsThatAsk() {
    start(
        2,
        with(
            demand(100, 1),
            d -> d.from(new TrafficSource.Pods("default", ImmutableMap.of("app", "front")))));
    service();
    istio(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: default}
        spec:
          hosts: [shop]
          http:
          - match: [{sourceLabels: {tier: web}}]
            route: [{destination: {host: nobody}}]
          - route: [{destination: {host: shop}}]
        """);
    pods(2, "1");
    source("front-0", ImmutableMap.of("app", "front"));
    run(60);
    assertThat(result().refused()).isZero();
    source("front-1", ImmutableMap.of("app", "front", "tier", "web"));
    run(120);
    assertThat(result().refused()).isZero();
    // All that ask have the label now.
    store.delete(Kinds.POD, "default", "front-0", now());
    run(180);
    assertThat(result().refused()).isCloseTo(6000, within(20L));
  }

  private void source(String name, ImmutableMap<String, String> labels) {
    Pod pod = pod(name, 0, "1");
    pod =
        store.update(
            pod.withMetadata(ObjectMetaBuilder.builder(pod.metadata()).labels(labels).build()));
    store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .conditions(
                    ImmutableList.of(
                        PodConditionBuilder.builder()
                            .type("Ready")
                            .status(ConditionStatus.TRUE)
                            .build()))
                .build()));
  }

  /** The same load by turns of one sender waits less than by chance, and shared least. */
  @Test
  void waitsDependOnHowEndpointsArePicked() {
    double random = p99(Balancing.RANDOM);
    double turns = p99(Balancing.ROUND_ROBIN);
    double least = p99(Balancing.LEAST_CONNECTION);
    assertThat(turns).isLessThan(0.9 * random);
    assertThat(least).isLessThan(0.8 * turns);
  }

  private static double p99(Balancing balancing) {
    ServiceTrafficTest test = new ServiceTrafficTest();
    test.start(
        4,
        with(
            demand(320, 10),
            d ->
                d.cost(RequestCost.of(new Distribution.Exponential(10_000_000)))
                    .proxyMode(Dataplane.IPVS)
                    .balancing(balancing)
                    .from(new TrafficSource.Node(nodeName(0)))));
    test.service();
    test.pods(4, "1");
    test.run(300);
    return test.result().quantileNanos().get(2);
  }

  @Test
  void historyTellsOfABurst() {
    start(
        1,
        ServiceDemand.of(
            SHOP,
            new DemandCurve.Bursts(
                new DemandCurve.Constant(50), 100, 120 * SECOND, 3600 * SECOND, 60 * SECOND),
            RequestCost.constant(1e7)));
    service();
    pods(1, "1");
    traffic().live("default/shop", "p99");
    run(150);
    assertThat(live("rate")).isEqualTo(150);
    assertThat(live("p99")).isGreaterThan(2);
    run(1800);
    TrafficResult result = result();
    double[] rates = result.rates().toArray();
    assertThat(result.binNanos() * rates.length).isBetween(1800 * SECOND, 1830 * SECOND);
    assertThat(rates[0]).isCloseTo(50, within(0.5));
    int burst = (int) (125 * SECOND / result.binNanos());
    assertThat(rates[burst]).isGreaterThan(100);
    assertThat(result.quantiles().get(2).get(burst)).isGreaterThan(1e9);
    assertThat(result.quantiles().get(2).get(rates.length - 2)).isLessThan(1e8);
    assertThat(live("rate")).isEqualTo(50);
  }

  @Test
  void theSameSeedGivesTheSame() {
    assertThat(p99(Balancing.RANDOM)).isEqualTo(p99(Balancing.RANDOM));
  }

  @Test
  void whatPodsAnswerAndServicesGetIsMeasuredOverAWindow() {
    start(2, demand(300, 2));
    traffic().countByPod();
    service();
    pods(2, "1");
    run(64);
    double perPod = traffic().answeredPerSecond(stored("p0"), 60 * SECOND).orElseThrow();
    double other = traffic().answeredPerSecond(stored("p1"), 60 * SECOND).orElseThrow();
    assertThat(perPod + other).isCloseTo(300, within(3.0));
    assertThat(perPod).isCloseTo(150, within(5.0));
    assertThat(measured(Measure.REQUESTS)).isCloseTo(300, within(0.5));
    assertThat(measured(Measure.ERRORS)).isZero();
    assertThat(measured(Measure.P99)).isBetween(0.002, 0.02);
    assertThat(traffic().measured("default/other", Measure.REQUESTS, 60 * SECOND)).isEmpty();
    store.delete(Kinds.ENDPOINT_SLICE, "default", "shop-1", DeleteOptions.NOW);
    run(180);
    assertThat(measured(Measure.ERROR_SHARE)).isEqualTo(1);
    assertThat(measured(Measure.ERRORS)).isCloseTo(300, within(0.5));
    assertThat(traffic().answeredPerSecond(stored("p0"), 60 * SECOND)).hasValue(0);
  }

  private double measured(Measure what) {
    return traffic().measured("default/shop", what, 60 * SECOND).orElseThrow();
  }

  @Test
  void countsOfLateAreForgotten() {
    RecentCounts counts = new RecentCounts();
    counts.add(3, 5);
    counts.add(3, 2);
    counts.add(5, 1);
    assertThat(counts.before(6, 3)).isEqualTo(8);
    assertThat(counts.before(6, 2)).isEqualTo(1);
    assertThat(counts.before(5, 2)).isEqualTo(7);
    assertThat(counts.before(60, 24)).isZero();
    counts.add(34, 4);
    assertThat(counts.before(35, 32)).isEqualTo(4 + 8);
    counts.add(35, 1);
    assertThat(counts.before(36, 40)).isEqualTo(4 + 1 + 1);
  }
}
