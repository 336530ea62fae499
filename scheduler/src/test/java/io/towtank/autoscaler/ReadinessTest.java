package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.autoscaler.CloudProvider.Machine;
import io.towtank.autoscaler.CloudProvider.State;
import io.towtank.scheduler.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessTest {
  private static final long MINUTE = 60_000_000_000L;

  private final Readiness readiness = new Readiness(ClusterAutoscalerOptions.DEFAULT);

  private static Node node(String name, boolean ready) {
    Node node = Fixtures.node(name, "4", "16Gi", "z");
    return NodeBuilder.builder(node)
        .metadata(ObjectMetaBuilder.builder(node.metadata()).creationTimestamp(0).build())
        .status(
            NodeStatusBuilder.builder(node.status())
                .conditions(
                    ImmutableList.of(
                        new NodeCondition(
                            "Ready",
                            ready ? ConditionStatus.TRUE : ConditionStatus.FALSE,
                            0,
                            0,
                            "",
                            "",
                            Fields.NONE)))
                .build())
        .build();
  }

  private void nodes(int ready, int unready) {
    for (int i = 0; i < ready + unready; i++) {
      readiness.seen(node("n" + i, i < ready));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // unready, all, whether the cluster is healthy
    "0, 0, true",
    "3, 3, true",
    "4, 4, false",
    "4, 8, false",
    "4, 9, true",
    "45, 100, true",
    "46, 100, false"
  })
  void aClusterOfWhichTooManyNodesFailIsNotHealthy(int unready, int nodes, boolean healthy) {
    nodes(nodes - unready, unready);
    Readiness.Counts all = readiness.all(node -> false, 0, 20 * MINUTE);
    assertThat(all.unready()).isEqualTo(unready);
    assertThat(readiness.isHealthy(all)).isEqualTo(healthy);
  }

  @Test
  void youngNodesAreOnlyNotStartedYet() {
    nodes(0, 10);
    Readiness.Counts young = readiness.all(node -> false, 2, 15 * MINUTE - 1);
    assertThat(young).isEqualTo(new Readiness.Counts(0, 0, 10, 0, 2));
    assertThat(readiness.isHealthy(young)).isTrue();
    Readiness.Counts old = readiness.all(node -> false, 2, 15 * MINUTE);
    assertThat(old).isEqualTo(new Readiness.Counts(0, 10, 0, 0, 2));
    assertThat(readiness.isHealthy(old)).isFalse();
  }

  @Test
  void countsAGroupByItsMachines() {
    nodes(2, 2);
    readiness.seen(node("other", false));
    readiness.gone("n1");
    List<Machine> machines =
        List.of(
            new Machine("n0", State.RUNNING, 0),
            new Machine("n1", State.RUNNING, 0),
            new Machine("n2", State.RUNNING, 0),
            new Machine("n3", State.RUNNING, 0),
            new Machine("n4", State.CREATING, 0));
    Readiness.Counts counts = readiness.of(machines, "n2"::equals, 20 * MINUTE);
    assertThat(counts).isEqualTo(new Readiness.Counts(1, 1, 0, 1, 2));
    assertThat(counts.registered()).isEqualTo(3);
    assertThat(readiness.wasReady("n0")).isTrue();
    assertThat(readiness.wasReady("n1")).isFalse();
  }

  @Test
  void nodesThatAreGivenUpDoNotMakeAGroupFail() {
    assertThat(readiness.isHealthy(new Readiness.Counts(4, 0, 0, 8, 0), 12)).isTrue();
  }

  @Test
  void whatIsNotReadyInTimeHasStartedNonetheless() {
    nodes(1, 1);
    assertThat(readiness.hasStarted("n0", 0)).isTrue();
    assertThat(readiness.hasStarted("n1", 15 * MINUTE - 1)).isFalse();
    assertThat(readiness.nextUnreadyNanos(15 * MINUTE - 1)).isEqualTo(15 * MINUTE);
    assertThat(readiness.hasStarted("n1", 15 * MINUTE)).isTrue();
    assertThat(readiness.nextUnreadyNanos(15 * MINUTE)).isEqualTo(Long.MAX_VALUE);
    assertThat(readiness.hasStarted("gone", 15 * MINUTE)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // ready, unready, unregistered, target, healthy
    "10, 0, 0, 10, true",
    // Machines that are about to come are none that are missing.
    "1, 0, 20, 21, true",
    "7, 3, 0, 10, true",
    "4, 6, 0, 10, false",
    "0, 4, 0, 4, false",
    // Nodes that somebody else has deleted.
    "1, 0, 0, 6, false"
  })
  void aGroupOfWhichTooManyNodesFailIsNotReadyForMore(
      int ready, int unready, int unregistered, int target, boolean healthy) {
    assertThat(
            readiness.isHealthy(new Readiness.Counts(ready, unready, 0, 0, unregistered), target))
        .isEqualTo(healthy);
  }
}
