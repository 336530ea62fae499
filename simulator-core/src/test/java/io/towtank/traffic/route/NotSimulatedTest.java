package io.towtank.traffic.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import org.junit.jupiter.api.Test;

class NotSimulatedTest {
  private static final String OBJECTS =
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: VirtualService
      metadata: {name: fine, namespace: default}
      spec:
        hosts: [fine]
        http:
        - fault: {abort: {percentage: {value: 1}, httpStatus: 500}}
          mirror: {host: other}
          route: [{destination: {host: fine}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: moved, namespace: default}
      spec:
        hosts: [moved]
        http:
        - route: [{destination: {host: moved}}]
        - redirect: {uri: /there}
        tls: []
      ---
      apiVersion: networking.istio.io/v1beta1
      kind: DestinationRule
      metadata: {name: pooled, namespace: default}
      spec:
        host: moved
        trafficPolicy: {loadBalancer: {simple: LEAST_CONN}, connectionPool: {tcp: {maxConnections: 1}}}
        subsets:
        - {name: v1, trafficPolicy: {loadBalancer: {simple: FASTEST}}}
      """;

  @Test
  void whatIsLeftOutIsNamed() {
    ApiStore store =
        new ApiStore(new Simulation(1, 1_767_225_600_000_000_000L), ImmutableList.of());
    for (ManifestDocument document : ManifestReader.read("istio.yaml", OBJECTS).documents()) {
      store.create(document.object());
    }
    assertThat(NotSimulated.in(store))
        .containsExactly(
            "VirtualService default/moved: not simulated: tls, http[1].redirect",
            "DestinationRule default/pooled: not simulated: trafficPolicy.connectionPool,"
                + " subsets[0].trafficPolicy.loadBalancer.simple: FASTEST (LEAST_REQUEST is"
                + " taken)");
  }
}
