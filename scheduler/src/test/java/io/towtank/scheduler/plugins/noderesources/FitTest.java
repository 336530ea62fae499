package io.towtank.scheduler.plugins.noderesources;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The node has 4 CPUs, 8Gi and room for 3 pods, where a row does not say otherwise. */
class FitTest {
  private static String text(@Nullable String cell) {
    return cell == null ? "" : cell;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                 | more of the node             | taken                         | asked                               | verdict
          room                                   |                              |                               | cpu: 1, memory: 1Gi                 | Success
          nothing asked                          |                              | {cpu: 4, memory: 8Gi}         |                                     | Success
          to the last                            |                              | {cpu: 1, memory: 1Gi}         | cpu: 3, memory: 7Gi                 | Success
          a millicore too much                   |                              | {cpu: 1}                      | cpu: 3001m                          | Unschedulable: Insufficient cpu
          a byte too much                        |                              | {memory: 8Gi}                 | memory: 1                           | Unschedulable: Insufficient memory
          more than the whole node has           |                              |                               | cpu: 5                              | UnschedulableAndUnresolvable: Insufficient cpu
          all that lacks is told                 |                              | {cpu: 2, memory: 2Gi}         | cpu: 3, memory: 7Gi                 | Unschedulable: Insufficient cpu, Insufficient memory
          one of them hopeless                   |                              | {cpu: 2}                      | cpu: 3, memory: 9Gi                 | UnschedulableAndUnresolvable: Insufficient cpu, Insufficient memory
          no room for one pod more               |                              | {}, {}, {}                    |                                     | Unschedulable: Too many pods
          neither room nor memory                |                              | {memory: 4Gi}, {memory: 4Gi}, {} | memory: 1Gi                      | Unschedulable: Too many pods, Insufficient memory
          what pods use by default is not asked  |                              | {cpu: 3900m}, {}              | cpu: 100m                           | Success
          ephemeral storage                      | ephemeral-storage: 10Gi      | {ephemeral-storage: 9Gi}      | ephemeral-storage: 2Gi              | Unschedulable: Insufficient ephemeral-storage
          an extended resource                   | example.com/gpu: 2           | {example.com/gpu: 1}          | example.com/gpu: 2                  | Unschedulable: Insufficient example.com/gpu
          one that the node does not know        |                              |                               | example.com/gpu: 1                  | UnschedulableAndUnresolvable: Insufficient example.com/gpu
          none of it asked                       |                              |                               | example.com/gpu: 0                  | Success
          huge pages                             | hugepages-2Mi: 64Mi          | {hugepages-2Mi: 64Mi}         | hugepages-2Mi: 2Mi                  | Unschedulable: Insufficient hugepages-2Mi
          """)
  void filters(
      String why,
      @Nullable String allocatable,
      @Nullable String taken,
      @Nullable String asked,
      String verdict) {
    PluginCluster cluster =
        PluginCluster.of("NodeResourcesFit")
            .nodes("{name: one, allocatable: {pods: 3, " + text(allocatable) + "}}");
    bind(cluster, taken);
    assertThat(cluster.verdict("requests: {" + text(asked) + "}")).as(why).isEqualTo(verdict);
  }

  private static void bind(PluginCluster cluster, @Nullable String taken) {
    int number = 0;
    for (String requests : Splitter.onPattern("(?<=}), *").split(text(taken))) {
      if (!requests.isEmpty()) {
        cluster.bind("name: taken-%d, requests: %s".formatted(number++, requests), "one");
      }
    }
  }

  /** Init containers run before the others, sidecars beside them (KEP-753), overhead is on top. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                              | more of the pod                                                                                                   | verdict
          containers add up                   | containers: [{name: a, resources: {requests: {cpu: "2"}}}, {name: b, resources: {requests: {cpu: "3"}}}]          | UnschedulableAndUnresolvable: Insufficient cpu
          the largest init container counts   | initContainers: [{name: a, resources: {requests: {cpu: "3"}}}, {name: b, resources: {requests: {cpu: "4"}}}]      | Success
          it alone is too large               | initContainers: [{name: a, resources: {requests: {cpu: "5"}}}]                                                    | UnschedulableAndUnresolvable: Insufficient cpu
          sidecars add to containers          | requests: {cpu: 3}, initContainers: [{name: a, restartPolicy: Always, resources: {requests: {cpu: "2"}}}]         | UnschedulableAndUnresolvable: Insufficient cpu
          and to init containers after them   | initContainers: [{name: a, restartPolicy: Always, resources: {requests: {cpu: "1"}}}, {name: b, resources: {requests: {cpu: "4"}}}] | UnschedulableAndUnresolvable: Insufficient cpu
          but not to those before them        | initContainers: [{name: b, resources: {requests: {cpu: "4"}}}, {name: a, restartPolicy: Always, resources: {requests: {cpu: "1"}}}] | Success
          overhead                            | requests: {cpu: 3500m}, overhead: {cpu: "1"}                                                                      | UnschedulableAndUnresolvable: Insufficient cpu
          the pod's own requests count        | requests: {cpu: 1}, resources: {requests: {cpu: "5"}}                                                             | UnschedulableAndUnresolvable: Insufficient cpu
          """)
  void whatAPodAsksFor(String why, String pod, String verdict) {
    assertThat(PluginCluster.of("NodeResourcesFit").nodes("{name: one}").verdict(pod))
        .as(why)
        .isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                     | arguments                             | asked                | verdict
          the named resource         | ignoredResources: [example.com/gpu]   | example.com/gpu: 1   | Success
          no other                   | ignoredResources: [example.com/gpu]   | example.com/fpga: 1  | UnschedulableAndUnresolvable: Insufficient example.com/fpga
          all of the group           | ignoredResourceGroups: [example.com]  | example.com/fpga: 1  | Success
          of no other group          | ignoredResourceGroups: [example.com]  | example.net/fpga: 1  | UnschedulableAndUnresolvable: Insufficient example.net/fpga
          never what is Kubernetes'  | ignoredResources: [cpu]               | cpu: 5               | UnschedulableAndUnresolvable: Insufficient cpu
          """)
  void ignoredResources(String why, String arguments, String asked, String verdict) {
    assertThat(
            PluginCluster.of("NodeResourcesFit", arguments)
                .nodes("{name: one}")
                .verdict("requests: {" + asked + "}"))
        .as(why)
        .isEqualTo(verdict);
  }

  /** Node a has 4 CPUs and 8Gi, node b 8 CPUs and 8Gi with 4 and 2Gi taken. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                  | strategy                                                                              | asked               | scores
          LeastAllocated is the default           |                                                                                       | cpu: 1, memory: 2Gi | a 75, b 43
          a container counts with 100m and 200Mi  |                                                                                       |                     | a 97, b 60
          but asking for nothing is nothing       |                                                                                       | cpu: 0, memory: 0   | a 100, b 62
          LeastAllocated by weight                | type: LeastAllocated, resources: [{name: cpu, weight: 3}, {name: memory, weight: 1}]  | cpu: 1, memory: 2Gi | a 75, b 40
          weight 0 is none given                  | type: LeastAllocated, resources: [{name: cpu, weight: 3}, {name: memory, weight: 0}]  | cpu: 1, memory: 2Gi | a 75, b 40
          one resource                            | type: LeastAllocated, resources: [{name: memory, weight: 1}]                          | cpu: 1, memory: 2Gi | a 75, b 50
          MostAllocated                           | type: MostAllocated                                                                   | cpu: 1, memory: 2Gi | a 25, b 56
          MostAllocated by weight                 | type: MostAllocated, resources: [{name: cpu, weight: 3}, {name: memory, weight: 1}]   | cpu: 1, memory: 2Gi | a 25, b 59
          an extended one that is not asked for   | type: MostAllocated, resources: [{name: example.com/gpu, weight: 1}]                  | cpu: 1, memory: 2Gi | a 0, b 0
          an extended one that is                 | type: MostAllocated, resources: [{name: example.com/gpu, weight: 5}]                  | example.com/gpu: 1  | a 50, b 25
          a line up is MostAllocated              | type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]}  | cpu: 1, memory: 2Gi | a 25, b 56
          a line down is LeastAllocated           | type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 0, score: 10}, {utilization: 100, score: 0}]}  | cpu: 1, memory: 2Gi | a 75, b 44
          a broken line                           | type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 20, score: 0}, {utilization: 40, score: 8}, {utilization: 60, score: 0}]} | cpu: 1, memory: 2Gi | a 20, b 40
          beyond the last point it is level       | type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 10, score: 3}]}    | cpu: 1, memory: 2Gi | a 30, b 30
          """)
  void scores(String why, @Nullable String strategy, @Nullable String asked, String scores) {
    PluginCluster cluster =
        PluginCluster.of(
                "NodeResourcesFit", strategy == null ? null : "scoringStrategy: {" + strategy + "}")
            .nodes(
                """
                {name: a, allocatable: {example.com/gpu: 2}},
                {name: b, allocatable: {cpu: 8, example.com/gpu: 4}}
                """)
            .bind("name: taken, requests: {cpu: 4, memory: 2Gi}", "b");
    String pod = "requests: {" + text(asked) + "}";
    assertThat(cluster.scores(pod)).as(why).isEqualTo(scores);
    assertThat(cluster.normalized(pod)).as("in range as they are: " + why).isEqualTo(scores);
  }
}
