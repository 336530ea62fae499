package io.towtank.scheduler.plugins.nodeunschedulable;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeUnschedulableTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                      | node                | pod                                                                                        | verdict
          not cordoned                | {name: one}           |                                                                                            | Success
          told to be schedulable      | {name: one, unschedulable: false} |                                                                                | Success
          cordoned                    | {name: one, unschedulable: true} |                                                                                 | UnschedulableAndUnresolvable: node(s) were unschedulable
          cordoned, and tolerated     | {name: one, unschedulable: true} | tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoSchedule}] | Skip
          everything tolerated        | {name: one, unschedulable: true} | tolerations: [{operator: Exists}]                                               | Skip
          another effect tolerated    | {name: one, unschedulable: true} | tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoExecute}] | UnschedulableAndUnresolvable: node(s) were unschedulable
          another taint tolerated     | {name: one, unschedulable: true} | tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]            | UnschedulableAndUnresolvable: node(s) were unschedulable
          the taint alone cordons not | {name: one, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]} |               | Success
          """)
  void filters(String why, String node, @Nullable String pod, String verdict) {
    assertThat(PluginCluster.of("NodeUnschedulable").nodes(node).verdict(pod))
        .as(why)
        .isEqualTo(verdict);
  }
}
