package io.towtank.controllers.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Kinds;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.patch.PatchType;
import io.towtank.store.DeleteOptions;
import io.towtank.store.service.ServiceRanges;
import io.towtank.store.service.ServiceRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that want a balancer, in a small cluster. */
class ServiceLoadBalancerControllerTest {
  private static final String LOAD_BALANCER = "'type': 'LoadBalancer',";

  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.TYPICAL, new ServiceRegistry(ServiceRanges.DEFAULT))
          .with(ServiceLoadBalancerController::new)
          .start();

  private void create(String annotations, String more) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Service',
         'metadata': {'name': 'web', 'namespace': 'default', 'annotations': {%s}},
         'spec': {%s 'selector': {'app': 'web'}, 'ports': [{'port': 80}]}}
        """
            .formatted(annotations, more));
  }

  private JsonNode web() {
    return ObjectCodec.write(cluster.get(Kinds.SERVICE, "web"));
  }

  private String ip() {
    return web().at("/status/loadBalancer/ingress/0/ip").asText();
  }

  @Test
  void aBalancerTakesItsTime() {
    create("", LOAD_BALANCER);
    cluster.runFor(1);
    assertThat(web().at("/metadata/finalizers/0").asText())
        .isEqualTo("service.kubernetes.io/load-balancer-cleanup");
    assertThat(ip()).isEmpty();
    cluster.runFor(300);
    assertThat(ip()).isEqualTo("198.18.0.1");
    assertThat(web().at("/status/loadBalancer/ingress/0/ipMode").asText()).isEqualTo("VIP");
  }

  @ParameterizedTest
  @CsvSource({"90s, 89, ''", "90s, 91, 198.18.0.1"})
  void aServiceSaysHowLong(String after, int seconds, String ip) {
    create("'towtank.io/balancer-after': '%s'".formatted(after), LOAD_BALANCER);
    cluster.runFor(seconds);
    assertThat(ip()).isEqualTo(ip);
  }

  @Test
  void aServiceMayWantAnAddress() {
    create("'towtank.io/balancer-after': '0s'", LOAD_BALANCER + "'loadBalancerIP': '192.0.2.7',");
    cluster.runFor(1);
    assertThat(ip()).isEqualTo("192.0.2.7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type': 'NodePort',",
        "'type': 'LoadBalancer', 'loadBalancerClass': 'a.b/c',",
        "''"
      })
  void othersAreLeftAlone(String more) {
    create("", more.equals("''") ? "" : more);
    cluster.settle();
    assertThat(web().at("/metadata/finalizers")).isEmpty();
    assertThat(ip()).isEmpty();
  }

  @Test
  void aDeletedServiceWaitsForItsBalancerToGo() {
    create("'towtank.io/balancer-after': '1s'", LOAD_BALANCER);
    cluster.runFor(5);
    cluster.delete(Kinds.SERVICE, "web", DeleteOptions.DEFAULT);
    assertThat(cluster.store.get(Kinds.SERVICE, "default", "web")).isNotNull();
    cluster.settle();
    assertThat(cluster.store.get(Kinds.SERVICE, "default", "web")).isNull();
  }

  @Test
  void anotherTypeHasNoBalancer() {
    create("'towtank.io/balancer-after': '1s'", LOAD_BALANCER);
    cluster.runFor(5);
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("spec").put("type", "ClusterIP");
    cluster.store.patch(Kinds.SERVICE, "default", "web", PatchType.MERGE, patch, false);
    cluster.settle();
    assertThat(web().at("/metadata/finalizers")).isEmpty();
    assertThat(ip()).isEmpty();
    assertThat(web().at("/spec/ports/0").has("nodePort")).isFalse();
  }
}
