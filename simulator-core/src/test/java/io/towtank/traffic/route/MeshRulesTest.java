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
    ImmutableList<GenericObject> all =
        ManifestReader.read("test.yaml", RULES).documents().stream()
            .map(ManifestDocument::object)
            .map(GenericObject.class::cast)
            .collect(ImmutableList.toImmutableList());
    return new MeshRules(of(all, "VirtualService"), of(all, "DestinationRule"));
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
    "/r12, '',             '',    default/reviews v3 100",
  })
  void theFirstRuleThatMatchesDecides(String path, String headers, String app, String expected) {
    Route route = rules().toService(demand(path, headers, app), REVIEWS);
    assertThat(text(route)).isEqualTo(expected);
  }

  private static ImmutableList<Route.Leg> legs(ServiceDemand demand) {
    return Objects.requireNonNull(rules().toService(demand, REVIEWS)).legs();
  }

  @Test
  void destinationRulesSayHowEndpointsArePicked() {
    ImmutableList<Route.Leg> both = legs(demand("/", "", ""));
    Route.Leg v1 = both.get(0);
    assertThat(v1.balancing()).isEqualTo(Balancing.ROUND_ROBIN);
    assertThat(v1.plane()).isEqualTo(Dataplane.MESH);
    assertThat(v1.labels()).containsExactly(Map.entry("version", "v1"));
    assertThat(v1.retries()).isEqualTo(2);
    assertThat(v1.timeoutNanos()).isEqualTo(ServiceDemand.DEFAULT_TIMEOUT_NANOS);
    assertThat(v1.outlier()).isEqualTo(new Route.Outlier(3, 60_000_000_000L, 0.5));
    assertThat(both.get(1).balancing()).isEqualTo(Balancing.LEAST_REQUEST);

    Route.Leg v3 = legs(demand("/r1", "", "")).getFirst();
    assertThat(v3.plane()).isEqualTo(Dataplane.IPTABLES);
    assertThat(v3.balancing()).isEqualTo(Balancing.RANDOM);
    assertThat(v3.labels()).isEmpty();
    assertThat(v3.retries()).isEqualTo(5);
    assertThat(v3.timeoutNanos()).isEqualTo(500_000_000L);

    Route.Leg slow = legs(demand("/", "", "batch")).getFirst();
    assertThat(slow.retries()).isZero();
    assertThat(slow.timeoutNanos()).isEqualTo(ServiceDemand.DEFAULT_TIMEOUT_NANOS);
    assertThat(slow.outlier()).isNull();
  }

  @Test
  void whatTheMeshDoesNotKnowIsLeftToOthers() {
    ServiceDemand demand = demand("/", "", "");
    assertThat(rules().toService(demand, new ObjectKey("default", "shop"))).isNull();
    assertThat(rules().toService(demand, new ObjectKey("team", "reviews"))).isNull();
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
