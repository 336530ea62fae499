package io.towtank.controllers.endpointslice;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpecBuilder;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointSliceMirroringControllerTest {
  private static final String ENDPOINTS =
      """
      {'apiVersion': 'v1', 'kind': 'Endpoints',
       'metadata': {'name': 'db', 'namespace': 'default', 'labels': {%s}},
       'subsets': [
        {'addresses': [{'ip': '192.0.2.1', 'hostname': 'one'}, {'ip': 'fd00::1'}],
         'notReadyAddresses': [{'ip': '192.0.2.2'}, {'ip': 'nowhere'}],
         'ports': [{'port': 5432}]},
        {'addresses': [{'ip': '192.0.2.3'}], 'ports': [{'port': 5433}]}]}
      """;
  private static final String SERVICE =
      """
      {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': 'db', 'namespace': 'default'},
       'spec': {'ports': [{'port': 5432}]}}
      """;

  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.TYPICAL)
          .with(EndpointSliceMirroringController::new)
          .start();

  private List<String> slices() {
    return cluster.store.list(Kinds.ENDPOINT_SLICE).stream()
        .map(EndpointSliceMirroringControllerTest::text)
        .sorted()
        .toList();
  }

  private static String text(EndpointSlice slice) {
    return slice.addressType()
        + " "
        + slice.ports().get(0).port()
        + " "
        + slice.endpoints().stream()
            .map(endpoint ->
                endpoint.addresses().get(0) + (EndpointRules.isReady(endpoint) ? "" : " not ready"))
            .toList();
  }

  @Test
  void eachSetOfPortsAndFamilyHasASlice() {
    cluster.create(ENDPOINTS.formatted(""));
    cluster.create(SERVICE);
    cluster.settle();

    assertThat(slices())
        .containsExactly(
            "IPv4 5432 [192.0.2.1, 192.0.2.2 not ready]",
            "IPv4 5433 [192.0.2.3]",
            "IPv6 5432 [fd00::1]");
    EndpointSlice slice = cluster.store.list(Kinds.ENDPOINT_SLICE).get(0);
    assertThat(slice.metadata().labels())
        .isEqualTo(
            ImmutableMap.of(
                "kubernetes.io/service-name",
                "db",
                "endpointslice.kubernetes.io/managed-by",
                "endpointslicemirroring-controller.k8s.io"));
    assertThat(slice.metadata().ownerReferences().get(0).kind()).isEqualTo("Endpoints");
    assertThat(
            cluster
                .recorder
                .counter("events/endpointslicemirroring-controller/InvalidIPAddress")[0])
        .isPositive();
    assertThat(cluster.recorder.counter("endpointslicemirroring-controller/writes")[0])
        .isEqualTo(3);
  }

  @Test
  void whatChangesIsMirroredAndWhatIsGoneIsDeleted() {
    KubeObject endpoints = cluster.create(ENDPOINTS.formatted(""));
    cluster.create(SERVICE);
    cluster.settle();
    KubeObject changed =
        TestCluster.read(ENDPOINTS.formatted("").replace("192.0.2.3", "192.0.2.9"));
    cluster.store.update(
        changed
            .withMetadata(endpoints.metadata())
            .withResourceVersion(endpoints.resourceVersion()));
    cluster.settle();
    assertThat(slices()).contains("IPv4 5433 [192.0.2.9]").hasSize(3);

    cluster.store.delete(endpoints.kind(), "default", "db", DeleteOptions.NOW);
    cluster.settle();
    assertThat(slices()).isEmpty();
  }

  @Test
  void aSubsetIsMirroredUpToAThousandAddresses() {
    StringBuilder addresses = new StringBuilder();
    for (int i = 0; i < 1010; i++) {
      addresses
          .append(i == 0 ? "" : ",")
          .append("{'ip': '10.9.%d.%d'}".formatted(i / 250, i % 250));
    }
    cluster.create(SERVICE);
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Endpoints', 'metadata': {'name': 'db', 'namespace': 'default'},
         'subsets': [
          {'addresses': [{'ip': 'nowhere'}, %s], 'ports': [{'port': 5432, 'protocol': 'TCP'}]},
          {'addresses': [{'ip': '10.8.0.1'}], 'ports': [{'port': 5432, 'protocol': 'TCP'}]},
          {'addresses': [{'ip': '10.9.0.1'}], 'notReadyAddresses': [{'ip': '10.9.0.1'}],
           'ports': [{'port': 5433, 'protocol': 'TCP'}]}]}
        """
            .formatted(addresses));
    cluster.settle();

    assertThat(
            cluster.store.list(Kinds.ENDPOINT_SLICE).stream()
                .map(slice -> slice.ports().get(0).port() + " x" + slice.endpoints().size())
                .sorted())
        // Subsets with the same ports share a slice; the same address is one endpoint.
        .containsExactly("5432 x1000", "5433 x1");
    assertThat(
            cluster
                .recorder
                .counter("events/endpointslicemirroring-controller/TooManyAddressesToMirror")[0])
        .isPositive();
  }

  @Test
  void servicesWithASelectorAndSkippedEndpointsAreLeftAlone() {
    cluster.create(ENDPOINTS.formatted("'endpointslice.kubernetes.io/skip-mirror': 'true'"));
    Service service = (Service) cluster.create(SERVICE);
    cluster.settle();
    assertThat(slices()).isEmpty();

    cluster.store.update(
        service.withSpec(
            ServiceSpecBuilder.builder(requireNonNull(service.spec()))
                .selector(ImmutableMap.of("app", "db"))
                .ports(ImmutableList.of())
                .build()));
    cluster.settle();
    assertThat(slices()).isEmpty();
  }
}
