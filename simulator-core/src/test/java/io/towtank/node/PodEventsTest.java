package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Event;
import io.towtank.api.Kinds;
import io.towtank.api.ProbeBuilder;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events that kubectl describe shows of a pod. */
class PodEventsTest {
  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private void storeEvents() {
    cluster.recorder.storeEvents(
        cluster.simulation,
        name ->
            new ApiClient(
                name, cluster.simulation, cluster.store, Distribution.ZERO, ClientLimits.NONE));
  }

  private List<String> events() {
    List<String> events = new ArrayList<>();
    for (Event event : cluster.store.list(Kinds.EVENT)) {
      events.add(event.type() + " " + event.reason() + ": " + event.message());
    }
    return events;
  }

  @Test
  void aPodTellsOfItsWay() {
    storeEvents();
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.run("other", "node-00000", spec(container("app", "nginx")));
    cluster.until(100);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(events())
        .containsExactlyInAnyOrder(
            "Normal Pulling: Pulling image \"nginx\"",
            "Normal Pulled: Successfully pulled image \"nginx\" in 11.000s",
            "Normal Created: Created container: app",
            "Normal Started: Started container app",
            "Normal Pulled: Container image \"nginx\" already present on machine",
            "Normal Created: Created container: app",
            "Normal Started: Started container app",
            "Normal Killing: Stopping container app");
  }

  @Test
  void probesThatFailAreTold() {
    storeEvents();
    cluster.nodes(1);
    Container app =
        ContainerBuilder.builder(container("app", "nginx"))
            .livenessProbe(ProbeBuilder.builder().periodSeconds(5).build())
            .readinessProbe(ProbeBuilder.builder().periodSeconds(2).build())
            .build();
    cluster.run("web", "node-00000", spec(app), ImmutableMap.of("towtank.io/hang-after", "60s"));
    cluster.until(100);
    assertThat(events())
        .contains(
            "Warning Unhealthy: Readiness probe failed: ",
            "Warning Unhealthy: Liveness probe failed: ",
            "Normal Killing: Container app failed liveness probe, will be restarted");
  }

  @Test
  void whereNobodyReadsThemTheyAreCounted() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.recorder.counters())
        .containsEntry("events/kubelet/Pulling", 1L)
        .containsEntry("events/kubelet/Pulled", 1L)
        .containsEntry("events/kubelet/Started", 1L);
  }
}
