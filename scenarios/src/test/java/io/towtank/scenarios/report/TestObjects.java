package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeConditionBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Timestamps;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nodes and pods with what is counted here. */
final class TestObjects {
  private TestObjects() {}

  static Node node(String name, String zone, boolean ready, Map<String, String> allocatable) {
    return new Node(
        meta(name, ImmutableMap.of("topology.kubernetes.io/zone", zone)),
        0,
        NodeSpecBuilder.builder().build(),
        NodeStatusBuilder.builder()
            .allocatable(quantities(allocatable))
            .capacity(quantities(allocatable))
            .conditions(
                ImmutableList.of(
                    NodeConditionBuilder.builder()
                        .type("Ready")
                        .status(ready ? ConditionStatus.TRUE : ConditionStatus.FALSE)
                        .build()))
            .build(),
        Fields.NONE);
  }

  static PodSpec spec(Map<String, String> requests) {
    Container container =
        ContainerBuilder.builder()
            .name("main")
            .resources(ResourceRequirementsBuilder.builder().requests(quantities(requests)).build())
            .build();
    return PodSpecBuilder.builder().containers(ImmutableList.of(container)).build();
  }

  static Pod pod(String name, PodSpec spec, @Nullable String node, PodPhase phase) {
    return new Pod(
        meta(name, ImmutableMap.of()),
        0,
        spec,
        node,
        PodStatusBuilder.builder().phase(phase).startTime(Timestamps.NONE).build(),
        Fields.NONE);
  }

  private static ObjectMeta meta(String name, ImmutableMap<String, String> labels) {
    return ObjectMetaBuilder.builder()
        .name(name)
        .namespace("default")
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .labels(labels)
        .build();
  }

  private static ImmutableMap<String, Quantity> quantities(Map<String, String> texts) {
    ImmutableMap.Builder<String, Quantity> quantities = ImmutableMap.builder();
    texts.forEach((name, text) -> quantities.put(name, Quantity.parse(text)));
    return quantities.buildOrThrow();
  }
}
