package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Service;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.TestCluster;

/** Services, pods and nodes for tests of endpoint slices. */
final class SliceFixtures {
  private static final Pod POD =
      (Pod)
          TestCluster.read(
              """
              {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p', 'namespace': 'default'},
               'spec': {'containers': [{'name': 'c', 'image': 'app',
                 'ports': [{'name': 'web', 'containerPort': 8080}]}]}}
              """);

  private SliceFixtures() {}

  /** A service of pods with the label app=web; more fields of metadata and spec, with commas. */
  static Service service(String metadata, String spec) {
    return (Service)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Service',
             'metadata': {%s 'name': 'web', 'namespace': 'default'},
             'spec': {%s 'clusterIP': '10.0.0.1', 'selector': {'app': 'web'},
               'ports': [{'name': 'http', 'port': 80, 'targetPort': 'web', 'protocol': 'TCP'}]}}
            """
                .formatted(metadata, spec));
  }

  /** A node of a zone, ready, with so many CPUs. */
  static Node node(String name, String zone, int cpus) {
    return (Node)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Node',
             'metadata': {'name': '%s', 'labels': {'topology.kubernetes.io/zone': '%s'}},
             'spec': {}, 'status': {'allocatable': {'cpu': '%d'},
               'conditions': [{'type': 'Ready', 'status': 'True'}]}}
            """
                .formatted(name, zone, cpus));
  }

  /** A running pod of the service. */
  static Pod pod(int number, String node, boolean ready) {
    Pod pod =
        PodBuilder.builder(POD)
            .metadata(
                ObjectMetaBuilder.builder(POD.metadata())
                    .name("p" + number)
                    .uid(Uid.of(1, number))
                    .labels(ImmutableMap.of("app", "web"))
                    .build())
            .nodeName(node)
            .status(
                PodStatusBuilder.builder()
                    .phase(PodPhase.RUNNING)
                    .startTime(Timestamps.NONE)
                    .podIP("10.1." + number / 250 + "." + number % 250)
                    .build())
            .build();
    return pod.withStatus(status(pod, ready));
  }

  /** A pod's status, ready or not. */
  static PodStatus status(Pod pod, boolean ready) {
    return PodStatusBuilder.builder(pod.status())
        .conditions(
            ImmutableList.of(
                PodConditionBuilder.builder()
                    .type("Ready")
                    .status(ready ? ConditionStatus.TRUE : ConditionStatus.FALSE)
                    .lastProbeTime(Timestamps.NONE)
                    .lastTransitionTime(Timestamps.NONE)
                    .build()))
        .build();
  }
}
