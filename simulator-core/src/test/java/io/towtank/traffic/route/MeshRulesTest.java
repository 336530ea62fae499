package io.towtank.traffic.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import io.towtank.traffic.Balancing;
import io.towtank.traffic.Dataplane;
import io.towtank.traffic.DemandCurve;
import io.towtank.traffic.RequestCost;
import io.towtank.traffic.Route;
import io.towtank.traffic.ServiceDemand;
import io.towtank.traffic.ServiceDemandBuilder;
import io.towtank.traffic.TrafficSource;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshRulesTest {
  private static final ObjectKey REVIEWS = new ObjectKey("default", "reviews");
  private static final String RULES =
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: VirtualService
      metadata: {name: reviews, namespace: default}
      spec:
        hosts: [reviews]
        http:
        - match:
          - headers: {end-user: {exact: jason}}
            uri: {prefix: /v2}
          - headers: {x-test: {}}
          route:
          - destination: {host: reviews, subset: v2}
        - match:
          - sourceLabels: {app: batch}
          timeout: 20s
          retries: {attempts: 0}
          route:
          - destination: {host: slow.other.svc.cluster.local}
        - match:
          - uri: {regex: "/r[0-9]+"}
          retries: {attempts: 5, perTryTimeout: 500ms}
          route:
          - destination: {host: reviews, subset: v3}
        - match: [{uri: {exact: /b}, sourceLabels: {tier: back}}]
          route: [{destination: {host: reviews, subset: v2}}]
        - match: [{uri: {exact: /g}, gateways: [gateway]}]
          route: [{destination: {host: nowhere}}]
        - match: [{uri: {exact: /f}}]
          fault:
            abort: {percentage: {value: 10}, httpStatus: 503}
            delay: {percentage: {value: 20}, fixedDelay: 2s}
          mirror: {host: reviews, subset: v2}
          route: [{destination: {host: reviews, subset: v1}}]
        - route:
          - {destination: {host: reviews, subset: v1}, weight: 75}
          - {destination: {host: reviews, subset: v2}, weight: 25}
          - {destination: {host: reviews, subset: v3}, weight: 0}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: front, namespace: default}
      spec:
        hosts: ["*.example.com"]
        gateways: [gateway]
        http:
        - match: [{authority: {exact: shop.example.com}}]
          route: [{destination: {host: shop}}]
      ---
      apiVersion: networking.istio.io/v1alpha3
      kind: DestinationRule
      metadata: {name: reviews, namespace: default}
      spec:
        host: reviews
        trafficPolicy:
          loadBalancer: {simple: LEAST_CONN}
          outlierDetection: {consecutive5xxErrors: 3, baseEjectionTime: 1m, maxEjectionPercent: 50}
        subsets:
        - name: v1
          labels: {version: v1}
          trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
        - name: v2
          labels: {version: v2}
        - name: v3
          labels: {version: v3}
          trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}
      """;

  private static MeshRules rules() {
    return read(RULES);
  }

  private static ImmutableList<GenericObject> of(ImmutableList<GenericObject> all, String kind) {
    return all.stream()
        .filter(object -> object.kind().name().equals(kind))
        .collect(ImmutableList.toImmutableList());
  }

  private static ServiceDemand demand(String path, String headers, String app) {
    ImmutableMap.Builder<String, String> sent = ImmutableMap.builder();
    if (!headers.isEmpty()) {
      sent.putAll(Splitter.on(' ').withKeyValueSeparator('=').split(headers));
    }
    return ServiceDemandBuilder.builder(
            ServiceDemand.of(REVIEWS, new DemandCurve.Constant(1), RequestCost.constant(1e6)))
        .path(path)
        .headers(sent.buildOrThrow())
        .from(
            app.isEmpty()
                ? TrafficSource.EVERYWHERE
                : new TrafficSource.Pods("default", ImmutableMap.of("app", app)))
        .build();
  }

  private static String text(@Nullable Route route) {
    assertThat(route).isNotNull();
    return Objects.requireNonNull(route).legs().stream()
        .map(leg -> leg.service() + " " + leg.subset() + " " + Math.round(leg.weight()))
        .map(String::strip)
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @CsvSource({
    "/,    '',             '',    default/reviews v1 75; default/reviews v2 25",
    "/v2,  end-user=jason, '',    default/reviews v2 100",
    "/v2,  End-User=jason, '',    default/reviews v2 100",
    "/v1,  end-user=jason, '',    default/reviews v1 75; default/reviews v2 25",
    "/v2,  end-user=anna,  '',    default/reviews v1 75; default/reviews v2 25",
    "/,    x-test=any,     '',    default/reviews v2 100",
    "/,    '',             batch, other/slow  100",
    "/,    '',             web,   default/reviews v1 75; default/reviews v2 25",
    "/b,   '',             web,   default/reviews v2 100",
    "/g,   '',             '',    default/reviews v1 75; default/reviews v2 25",
    "/f,   '',             '',    default/reviews v1 72; default/reviews v1 18; default/reviews"
        + " aborted 10; default/reviews v2 1",
    "/r12, '',             '',    default/reviews v3 100",
  })
  void theFirstRuleThatMatchesDecides(String path, String headers, String app, String expected) {
    Route route =
        rules()
            .toService(
                demand(path, headers, app),
                REVIEWS,
                app.isEmpty() ? ImmutableMap.of() : ImmutableMap.of("app", app, "tier", "back"));
    assertThat(text(route)).isEqualTo(expected);
  }

  private static ImmutableMap<String, String> labels(ServiceDemand demand) {
    return demand.from() instanceof TrafficSource.Pods(String namespace, var labels)
        ? labels
        : ImmutableMap.of();
  }

  private static ImmutableList<Route.Leg> legs(ServiceDemand demand) {
    return Objects.requireNonNull(rules().toService(demand, REVIEWS, labels(demand))).legs();
  }

  @Test
  void destinationRulesSayHowEndpointsArePicked() {
    ImmutableList<Route.Leg> both = legs(demand("/", "", ""));
    Route.Leg v1 = both.get(0);
    assertThat(v1.balancing()).isEqualTo(Balancing.ROUND_ROBIN);
    assertThat(v1.plane()).isEqualTo(Dataplane.MESH);
    assertThat(v1.labels()).containsExactly(Map.entry("version", "v1"));
    assertThat(v1.retries()).isEqualTo(new Route.Retries(2, true, false, false));
    assertThat(v1.timeoutNanos()).isEqualTo(ServiceDemand.DEFAULT_TIMEOUT_NANOS);
    assertThat(v1.outlier()).isEqualTo(new Route.Outlier(3, 60_000_000_000L, 0.5));
    assertThat(both.get(1).balancing()).isEqualTo(Balancing.LEAST_REQUEST);

    Route.Leg v3 = legs(demand("/r1", "", "")).getFirst();
    assertThat(v3.plane()).isEqualTo(Dataplane.IPTABLES);
    assertThat(v3.balancing()).isEqualTo(Balancing.RANDOM);
    assertThat(v3.labels()).isEmpty();
    assertThat(v3.retries()).isEqualTo(new Route.Retries(5, true, false, false));
    assertThat(v3.timeoutNanos()).isEqualTo(500_000_000L);

    Route.Leg slow = legs(demand("/", "", "batch")).getFirst();
    assertThat(slow.retries().attempts()).isZero();
    assertThat(slow.timeoutNanos()).isEqualTo(ServiceDemand.DEFAULT_TIMEOUT_NANOS);
    assertThat(slow.outlier()).isNull();
  }

  @Test
  void faultsAndMirrorsAreWaysOfTheirOwn() {
    ImmutableList<Route.Leg> legs = legs(demand("/f", "", ""));
    assertThat(legs).extracting(Route.Leg::delayNanos).containsExactly(0L, 2_000_000_000L, 0L, 0L);
    assertThat(legs.get(2).labels()).isNull();
    assertThat(legs.get(3).mirrored()).isTrue();
    assertThat(legs.get(3).retries()).isEqualTo(Route.Retries.NONE);
  }

  private static MeshRules read(String text) {
    ImmutableList<GenericObject> all =
        ManifestReader.read("test.yaml", text).documents().stream()
            .map(ManifestDocument::object)
            .map(GenericObject.class::cast)
            .collect(ImmutableList.toImmutableList());
    return new MeshRules(of(all, "VirtualService"), of(all, "DestinationRule"));
  }

  private static Route.Leg only(MeshRules rules, ServiceDemand demand) {
    Route route = rules.toService(demand, REVIEWS, ImmutableMap.of());
    return Objects.requireNonNull(route).legs().getFirst();
  }

  /** The name itself before a wildcard, the longer wildcard before the shorter one. */
  @Test
  void theMostPreciseHostCounts() {
    String wide =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a, namespace: default}
        spec:
          hosts: ["%s"]
          http: [{route: [{destination: {host: %s}}]}]
        ---
        """;
    String all = wide.formatted("*", "all");
    String namespace = wide.formatted("*.default.svc.cluster.local", "wild");
    String exact = wide.formatted("reviews.default.svc.cluster.local", "exact");
    ServiceDemand demand = demand("/", "", "");
    assertThat(only(read(all), demand).service().name()).isEqualTo("all");
    assertThat(only(read(all + namespace), demand).service().name()).isEqualTo("wild");
    assertThat(only(read(all + namespace + exact), demand).service().name()).isEqualTo("exact");
    assertThat(
            read(wide.formatted("*.team.svc.cluster.local", "x"))
                .toService(demand, REVIEWS, ImmutableMap.of()))
        .isNull();
    assertThat(
            read(wide.formatted("reviews.default.com", "x"))
                .toService(demand, REVIEWS, ImmutableMap.of()))
        .isNull();
  }

  /** Istio: rules for one host are taken together. */
  @Test
  void destinationRulesOfAHostAddUp() {
    MeshRules rules =
        read(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a, namespace: default}
            spec:
              hosts: [reviews]
              http:
              - match: [{uri: {exact: /none}}]
                route: [{destination: {host: reviews, subset: v9}}]
              - route: [{destination: {host: reviews, subset: v2}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: a, namespace: default}
            spec:
              host: reviews
              trafficPolicy:
                loadBalancer: {simple: RANDOM}
                outlierDetection: {consecutive5xxErrors: 0}
              subsets: [{name: v1, labels: {version: v1}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: b, namespace: default}
            spec:
              host: reviews.default.svc.cluster.local
              subsets: [{name: v2, labels: {version: v2}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: c, namespace: default}
            spec:
              host: "*.default.svc.cluster.local"
              trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
            """);
    Route.Leg leg = only(rules, demand("/", "", ""));
    assertThat(leg.balancing()).isEqualTo(Balancing.RANDOM);
    assertThat(leg.labels()).containsExactly(Map.entry("version", "v2"));
    assertThat(leg.outlier()).isNull();
    assertThat(only(rules, demand("/none", "", "")).labels()).isNull();
    assertThat(
            Objects.requireNonNull(
                    rules.toService(
                        demand("/", "", ""), new ObjectKey("default", "other"), ImmutableMap.of()))
                .legs()
                .getFirst()
                .balancing())
        .isEqualTo(Balancing.ROUND_ROBIN);
  }

  @ParameterizedTest
  @CsvSource({
    "'',                               2, true,  false, false",
    "attempts: 0,                      0, true,  false, false",
    "retryOn: connect-failure,         2, true,  false, false",
    "'retryOn: \"reset, 503\"',        2, true,  true,  false",
    "retryOn: unavailable,             2, false, false, false",
    "'retryOn: 5xx, perTryTimeout: 1s', 2, true,  true,  true",
    "'retryOn: gateway-error, perTryTimeout: 2s, attempts: 9', 2, true, true, true",
    "'retryOn: connect-failure, perTryTimeout: 1s', 2, true, false, false",
    "'retryOn: 5xx, perTryTimeout: 9s', 2, true, true, false",
  })
  void whatIsRepeated(
      String retries, int attempts, boolean unreachable, boolean turnedAway, boolean timedOut) {
    MeshRules rules =
        read(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a, namespace: default}
            spec:
              hosts: [reviews]
              http:
              - timeout: 6s
                retries: {%s}
                route: [{destination: {host: reviews}}]
            """
                .formatted(retries));
    assertThat(only(rules, demand("/", "", "")).retries())
        .isEqualTo(new Route.Retries(attempts, unreachable, turnedAway, timedOut));
  }

  @Test
  void whatTheMeshDoesNotKnowIsLeftToOthers() {
    ServiceDemand demand = demand("/", "", "");
    assertThat(rules().toService(demand, new ObjectKey("default", "shop"), labels(demand)))
        .isNull();
    assertThat(rules().toService(demand, new ObjectKey("team", "reviews"), labels(demand)))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"shop.example.com, default/shop  100", "news.example.com, ''"})
  void gatewaysTakeWhatComesFromOutside(String host, String expected) {
    Route route =
        rules()
            .toHost(
                ServiceDemandBuilder.builder(demand("/", "", ""))
                    .service(null)
                    .host(host)
                    .from(new TrafficSource.Outside())
                    .build());
    assertThat(text(route)).isEqualTo(expected);
  }
}
