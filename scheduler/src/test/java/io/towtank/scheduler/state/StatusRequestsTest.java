package io.towtank.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** component-helpers/resource: PodRequests with UseStatusResources. */
class StatusRequestsTest {
  private static Pod pod(String spec, String status) {
    return ObjectCodec.read(
        Kinds.POD,
        YamlReader.read(
                "case",
                "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: {%s},"
                        .formatted(spec)
                    + " status: {%s}}".formatted(status))
            .getFirst()
            .content());
  }

  private static String container(String name, @Nullable String requests) {
    return "{name: " + name + ", image: i, resources: {requests: {" + text(requests) + "}}}";
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** Of a container and its status, what the pod counts for, and what it counts for in scores. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# spec asks | it has            | set aside     | resize is  | counts: CPU, memory | in scores
cpu: 2, memory: 1Gi |           |               |            | 2000 1024 | 2000 1024
cpu: 2, memory: 1Gi | {}        |               |            | 2000 1024 | 2000 1024
cpu: 2      | {cpu: 3}          | cpu: 3        | InProgress | 3000 0    | 3000 200
cpu: 2      | {cpu: 1}          | cpu: 1        | Deferred   | 2000 0    | 2000 200
cpu: 2      | {cpu: 1}          | cpu: 1        | Infeasible | 1000 0    | 1000 200
cpu: 2      | {cpu: 1}          | cpu: 1500m    | Infeasible | 1500 0    | 1500 200
cpu: 2      | {cpu: 1}          | cpu: 3        |            | 3000 0    | 3000 200
cpu: 2      | {memory: 1Gi}     |               |            | 2000 1024 | 2000 1024
cpu: 2      | {}                | memory: 1Gi   | Infeasible | 0 1024    | 100 1024
            | {cpu: 1}          |               |            | 1000 0    | 1000 200
# without resources in the status, what is set aside does not count either
cpu: 2      |                   | cpu: 3        |            | 2000 0    | 2000 200
cpu: 2      |                   | cpu: 1        | Infeasible | 2000 0    | 2000 200
""")
  void counts(
      @Nullable String asked,
      @Nullable String has,
      @Nullable String allocated,
      @Nullable String resize,
      String counts,
      String inScores) {
    Pod pod =
        pod(
            "containers: [" + container("c", asked) + "]",
            "containerStatuses: [{name: c"
                + (has == null ? "" : ", resources: {requests: " + has + "}")
                + (allocated == null ? "" : ", allocatedResources: {" + allocated + "}")
                + "}]"
                + (resize == null
                    ? ""
                    : ", conditions: [{type: PodResizePending, status: 'True', reason: "
                        + resize
                        + "}]"));
    PodInfo info = new ClusterState().info(pod);
    assertThat(info.request(Resources.CPU) + " " + (info.request(Resources.MEMORY) >> 20))
        .isEqualTo(counts);
    assertThat(info.nonZeroMilliCpu() + " " + (info.nonZeroMemory() >> 20)).isEqualTo(inScores);
  }

  /** Sidecars are resized, other init containers are not; the pod's own requests go before all. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# init container | the pod asks             | counts
Always           |                          | 5000
                 |                          | 1000
Always           | resources: {requests: {cpu: 3}}, | 3000
""")
  void initContainers(@Nullable String restart, @Nullable String own, long counts) {
    Pod pod =
        pod(
            text(own)
                + " initContainers: [{name: i, image: i, resources: {requests: {cpu: 500m}}"
                + (restart == null ? "" : ", restartPolicy: " + restart)
                + "}], containers: ["
                + container("c", "cpu: 1")
                + "]",
            "initContainerStatuses: [{name: i, resources: {requests: {cpu: 4}}}]");
    assertThat(new ClusterState().info(pod).request(Resources.CPU)).isEqualTo(counts);
  }

  @Test
  void podsThatAreAsTheyAskToBeAreOfOneTemplate() {
    ClusterState state = new ClusterState();
    String spec = "containers: [" + container("c", "cpu: 1, memory: 64Mi") + "]";
    Pod waiting = pod(spec, "phase: Pending");
    Pod running =
        pod(
            spec,
            "containerStatuses: [{name: c, resources: {requests: {cpu: 1000m, memory: 64Mi}},"
                + " allocatedResources: {cpu: 1, memory: 64Mi}}]");
    Pod resized =
        pod(spec, "containerStatuses: [{name: c, resources: {requests: {memory: 128Mi}}}]");
    assertThat(StatusRequests.of(running)).isEmpty();
    assertThat(state.info(running)).isSameAs(state.info(waiting));
    assertThat(StatusRequests.of(resized))
        .containsExactly(
            java.util.Map.entry(
                "c",
                ImmutableMap.of("cpu", Quantity.parse("1"), "memory", Quantity.parse("128Mi"))));
    assertThat(state.info(resized)).isNotSameAs(state.info(waiting));
    assertThat(state.info(resized)).isSameAs(state.info(resized));
  }
}
