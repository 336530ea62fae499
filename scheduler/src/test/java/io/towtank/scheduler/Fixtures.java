package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Timestamps;

/** Nodes and pods for tests. */
public final class Fixtures {
  private Fixtures() {}

  /** Metadata in namespace {@code default}. */
  public static ObjectMeta meta(String name, ImmutableMap<String, String> labels) {
    return ObjectMetaBuilder.builder()
        .name(name)
        .namespace("default")
        .labels(labels)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }

  /** A node with 110 pods, a hostname and a zone. */
  public static Node node(String name, String cpu, String memory, String zone) {
    ImmutableMap<String, Quantity> resources =
        ImmutableMap.of(
            "cpu", Quantity.parse(cpu),
            "memory", Quantity.parse(memory),
            "pods", Quantity.of(110));
    return NodeBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder(
                    meta(
                        name,
                        ImmutableMap.of(
                            "kubernetes.io/hostname", name, "topology.kubernetes.io/zone", zone)))
                .namespace(null)
                .build())
        .spec(NodeSpecBuilder.builder().build())
        .status(NodeStatusBuilder.builder().capacity(resources).allocatable(resources).build())
        .build();
  }

  /** A spec with one container. */
  public static PodSpec spec(String cpu, String memory) {
    ResourceRequirements resources =
        ResourceRequirementsBuilder.builder()
            .requests(ImmutableMap.of("cpu", Quantity.parse(cpu), "memory", Quantity.parse(memory)))
            .build();
    Container container =
        ContainerBuilder.builder().name("c").image("pause:3").resources(resources).build();
    return PodSpecBuilder.builder().containers(ImmutableList.of(container)).build();
  }

  /** A pod that waits for a node. */
  public static Pod pod(String name, PodSpec spec) {
    return pod(name, spec, ImmutableMap.of());
  }

  /** A pod that waits for a node. */
  public static Pod pod(String name, PodSpec spec, ImmutableMap<String, String> labels) {
    return PodBuilder.builder().metadata(meta(name, labels)).spec(spec).status(pending()).build();
  }

  private static PodStatus pending() {
    return PodStatusBuilder.builder().phase(PodPhase.PENDING).startTime(Timestamps.NONE).build();
  }
}
