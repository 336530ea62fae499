package io.towtank.scheduler.plugins.noderesources;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The node has 4 CPUs, 8Gi and 10 of example.com/gpu. */
class BalancedAllocationTest {
  private static final String THREE =
      "resources: [{name: cpu, weight: 1}, {name: memory, weight: 1}, {name: example.com/gpu,"
          + " weight: 1}]";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                             | arguments | taken               | asked                                  | score
          as much of both                    |           |                     | cpu: 1, memory: 2Gi                    | one 100
          half the distance of two           |           |                     | cpu: 2, memory: 2Gi                    | one 87
          all of one, nothing of the other   |           |                     | cpu: 4                                 | one 50
          what is there counts with it       |           | cpu: 1, memory: 4Gi | cpu: 2, memory: 2Gi                    | one 100
          no more than all                   |           | cpu: 4              | cpu: 4, memory: 8Gi                    | one 100
          nothing asked: no opinion          |           | cpu: 4              |                                        | Skip
          use by default does not count    | | cpu: 2           | memory: 4Gi                            | one 100
          the deviation of three             | three     |                     | cpu: 2, memory: 2Gi, example.com/gpu: 8 | one 77
          those not asked for are left out   | three     |                     | cpu: 2, memory: 2Gi                    | one 87
          weight 0 is none given             | resources: [{name: cpu, weight: 0}] |  | cpu: 3, memory: 1Gi             | one 100
          one alone is balanced              | resources: [{name: cpu, weight: 1}] |  | cpu: 3, memory: 1Gi             | one 100
          none of those asked: no opinion    | resources: [{name: cpu, weight: 1}] |  | memory: 1Gi                     | Skip
          """)
  void scores(
      String why,
      @Nullable String arguments,
      @Nullable String taken,
      @Nullable String asked,
      String score) {
    PluginCluster cluster =
        PluginCluster.of(
                "NodeResourcesBalancedAllocation", "three".equals(arguments) ? THREE : arguments)
            .nodes("{name: one, allocatable: {example.com/gpu: 10}}");
    if (taken != null) {
      cluster.bind("name: taken, requests: {" + taken + "}", "one");
    }
    String pod = "requests: {" + (asked == null ? "" : asked) + "}";
    assertThat(cluster.scores(pod)).as(why).isEqualTo(score);
    assertThat(cluster.normalized(pod)).as("in range as they are: " + why).isEqualTo(score);
  }
}
