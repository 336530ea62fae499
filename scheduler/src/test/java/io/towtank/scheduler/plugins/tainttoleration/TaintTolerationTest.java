package io.towtank.scheduler.plugins.tainttoleration;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaintTolerationTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                       | tolerations                                        | taints                                   | verdict
          no taints                    |                                                    |                                          | Success
          nothing tolerated            |                                                    | {key: gpu, value: a, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: a}
          a taint without a value      |                                                    | {key: gpu, effect: NoSchedule}           | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: }
          NoExecute keeps off, too     |                                                    | {key: gpu, value: a, effect: NoExecute}  | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: a}
          PreferNoSchedule does not    |                                                    | {key: gpu, value: a, effect: PreferNoSchedule} | Success
          the same key and value       | {key: gpu, operator: Equal, value: a, effect: NoSchedule} | {key: gpu, value: a, effect: NoSchedule} | Success
          Equal is the operator unsaid | {key: gpu, value: a}                               | {key: gpu, value: a, effect: NoSchedule} | Success
          another value                | {key: gpu, value: b}                               | {key: gpu, value: a, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: a}
          Exists takes any value       | {key: gpu, operator: Exists}                       | {key: gpu, value: a, effect: NoSchedule} | Success
          another key                  | {key: tpu, operator: Exists}                       | {key: gpu, value: a, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: a}
          Exists without key takes all | {operator: Exists}                                 | {key: gpu, value: a, effect: NoSchedule}, {key: x, effect: NoExecute} | Success
          another effect               | {key: gpu, operator: Exists, effect: NoExecute}    | {key: gpu, value: a, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {gpu: a}
          a toleration for each taint  | {key: x, operator: Exists}, {key: u, operator: Exists} | {key: x, effect: NoSchedule}, {key: u, effect: NoSchedule} | Success
          the first is told            | {key: x, operator: Exists}                         | {key: x, effect: NoSchedule}, {key: u, effect: NoSchedule}, {key: z, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {u: }
          soft ones before are no fault |                                                   | {key: x, effect: PreferNoSchedule}, {key: u, effect: NoSchedule} | UnschedulableAndUnresolvable: node(s) had untolerated taint {u: }
          """)
  void filters(String why, @Nullable String tolerations, @Nullable String taints, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("TaintToleration").nodes("{name: one, taints: [" + text(taints) + "]}");
    assertThat(cluster.verdict("tolerations: [" + text(tolerations) + "]"))
        .as(why)
        .isEqualTo(verdict);
  }

  /** Nodes have so many soft taints: a none, b one (soft-0), c two, d three. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                         | tolerations                                            | intolerable        | scores
          the fewer the better           |                                                        | a 0, b 1, c 2, d 3 | a 100, b 67, c 34, d 0
          tolerated ones do not count    | {key: soft-0, operator: Exists}                        | a 0, b 0, c 1, d 2 | a 100, b 100, c 50, d 0
          with the effect, too           | {key: soft-0, operator: Exists, effect: PreferNoSchedule} | a 0, b 0, c 1, d 2 | a 100, b 100, c 50, d 0
          with another they do           | {key: soft-0, operator: Exists, effect: NoSchedule}    | a 0, b 1, c 2, d 3 | a 100, b 67, c 34, d 0
          all alike where all tolerated  | {operator: Exists}                                     | a 0, b 0, c 0, d 0 | a 100, b 100, c 100, d 100
          """)
  void scores(String why, @Nullable String tolerations, String raw, String normalized) {
    String pod =
        "tolerations: [{key: hard, operator: Exists}"
            + (tolerations == null ? "" : ", " + tolerations)
            + "]";
    PluginCluster cluster =
        PluginCluster.of("TaintToleration")
            .nodes(
                """
                {name: a, taints: [{key: hard, effect: NoSchedule}]},
                {name: b, taints: [{key: soft-0, effect: PreferNoSchedule}]},
                {name: c, taints: [{key: soft-0, effect: PreferNoSchedule}, {key: soft-1, effect: PreferNoSchedule}]},
                {name: d, taints: [{key: soft-0, effect: PreferNoSchedule}, {key: soft-1, effect: PreferNoSchedule},
                                   {key: soft-2, effect: PreferNoSchedule}]}
                """);
    assertThat(cluster.scores(pod)).as(why).isEqualTo(raw);
    assertThat(cluster.normalized(pod)).as(why).isEqualTo(normalized);
  }

  private static String text(@Nullable String cell) {
    return cell == null ? "" : cell;
  }
}
