package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.Fields;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSelectorBuilder;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTermBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.TaintBuilder;
import io.towtank.api.TopologySpreadConstraintBuilder;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What would have to change for a pod that fits nowhere. */
class WaysTest {
  private static Node tainted(String name) {
    return withSpec(
        name,
        NodeSpecBuilder.builder()
            .taints(
                ImmutableList.of(
                    TaintBuilder.builder().key("gpu").value("a100").effect("NoSchedule").build()))
            .build());
  }

  private static Node withSpec(String name, io.towtank.api.NodeSpec spec) {
    return NodeBuilder.builder(Fixtures.node(name, "4", "8Gi", "a")).spec(spec).build();
  }

  private static PodSpec small(java.util.function.UnaryOperator<PodSpecBuilder> change) {
    return change.apply(PodSpecBuilder.builder(Fixtures.spec("1", "1Gi"))).build();
  }

  static Stream<Arguments> cases() {
    Node plain = Fixtures.node("n", "4", "8Gi", "a");
    return Stream.of(
        Arguments.of(
            "requests that no node has free",
            plain,
            Fixtures.spec("6", "1Gi"),
            List.of("ask for at most 4 of cpu instead of 6")),
        Arguments.of(
            "two requests at once",
            plain,
            Fixtures.spec("6", "16Gi"),
            List.of(
                "ask for at most 4 of cpu instead of 6",
                "ask for at most 8Gi of memory instead of 16Gi")),
        Arguments.of(
            "a taint",
            tainted("n"),
            Fixtures.spec("1", "1Gi"),
            List.of("tolerate gpu=a100:NoSchedule")),
        Arguments.of(
            "a taint and a request",
            tainted("n"),
            Fixtures.spec("5", "1Gi"),
            List.of("tolerate gpu=a100:NoSchedule", "ask for at most 4 of cpu instead of 5")),
        Arguments.of(
            "a cordoned node",
            withSpec("n", NodeSpecBuilder.builder().unschedulable(true).build()),
            Fixtures.spec("1", "1Gi"),
            List.of("uncordon the node, or tolerate node.kubernetes.io/unschedulable:NoSchedule")),
        Arguments.of(
            "a label that the node lacks",
            plain,
            small(spec -> spec.nodeSelector(ImmutableMap.of("disk", "ssd"))),
            List.of(
                "label the node disk=ssd, which it lacks, or drop that from the pod's"
                    + " nodeSelector")),
        Arguments.of(
            "a label of another value",
            plain,
            small(spec -> spec.nodeSelector(ImmutableMap.of("topology.kubernetes.io/zone", "b"))),
            List.of(
                "label the node topology.kubernetes.io/zone=b, where it has a, or drop that from"
                    + " the pod's nodeSelector")),
        Arguments.of(
            "required node affinity",
            plain,
            small(spec ->
                spec.affinity(
                    AffinityBuilder.builder()
                        .nodeAffinity(
                            NodeAffinityBuilder.builder()
                                .requiredDuringSchedulingIgnoredDuringExecution(
                                    NodeSelectorBuilder.builder()
                                        .nodeSelectorTerms(
                                            ImmutableList.of(
                                                NodeSelectorTermBuilder.builder()
                                                    .matchExpressions(
                                                        ImmutableList.of(
                                                            new NodeSelectorRequirement(
                                                                "cores",
                                                                "Gt",
                                                                ImmutableList.of("8"),
                                                                Fields.NONE)))
                                                    .build()))
                                        .build())
                                .build())
                        .build())),
            List.of("match the pod's required node affinity: cores Gt [8]")),
        Arguments.of(
            "pods that are not there",
            plain,
            small(spec ->
                spec.affinity(
                    AffinityBuilder.builder()
                        .podAffinity(
                            PodAffinityBuilder.builder()
                                .requiredDuringSchedulingIgnoredDuringExecution(
                                    ImmutableList.of(
                                        PodAffinityTermBuilder.builder()
                                            .topologyKey("kubernetes.io/hostname")
                                            .labelSelector(
                                                LabelSelectorBuilder.builder()
                                                    .matchLabels(ImmutableMap.of("app", "db"))
                                                    .build())
                                            .build()))
                                .build())
                        .build())),
            List.of("have pods in the node's topology that the required pod affinity asks for")),
        Arguments.of(
            "a topology that the node is not in",
            plain,
            small(spec ->
                spec.topologySpreadConstraints(
                    ImmutableList.of(
                        TopologySpreadConstraintBuilder.builder()
                            .maxSkew(1)
                            .topologyKey("rack")
                            .whenUnsatisfiable("DoNotSchedule")
                            .labelSelector(LabelSelectorBuilder.builder().build())
                            .build()))),
            List.of("allow more than maxSkew 1 over rack, or whenUnsatisfiable: ScheduleAnyway")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void whatWouldHaveToChange(String name, Node node, PodSpec spec, List<String> changes) {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    scheduler.add(node);
    Pod pod = Fixtures.pod("p", spec);
    Decision decision = scheduler.decide(pod);
    assertThat(decision.bound()).isNull();
    assertThat(scheduler.ways(pod, decision))
        .containsExactly(new Way("n", ImmutableList.copyOf(changes)));
  }

  @Test
  void takenPortsAreNamed() {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    scheduler.add(Fixtures.node("n", "4", "8Gi", "a"));
    PodSpec spec = Fixtures.spec("1", "1Gi");
    Pod pod =
        Fixtures.pod(
            "p",
            PodSpecBuilder.builder(spec)
                .containers(
                    ImmutableList.of(
                        ContainerBuilder.builder(spec.containers().getFirst())
                            .ports(
                                ImmutableList.of(
                                    ContainerPortBuilder.builder()
                                        .containerPort(80)
                                        .hostPort(8080)
                                        .build()))
                            .build()))
                .build());
    scheduler.bind(
        PodBuilder.builder(pod).metadata(Fixtures.meta("first", ImmutableMap.of())).build(), "n");
    assertThat(scheduler.ways(pod, scheduler.decide(pod)).getFirst().changes())
        .containsExactly("take no ports of the node, or free ones; the pod asks for 8080");
  }

  @Test
  void theNodeThatLacksLeastComesFirst() {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    scheduler.add(Fixtures.node("small", "2", "8Gi", "a"));
    scheduler.add(Fixtures.node("large", "4", "8Gi", "a"));
    scheduler.add(tainted("tainted"));
    Pod pod = Fixtures.pod("p", Fixtures.spec("5", "1Gi"));
    assertThat(scheduler.ways(pod, scheduler.decide(pod)))
        .extracting(Way::node)
        .containsExactly("large", "tainted");
  }

  @Test
  void noWayWhereNothingAboutThePodHelps() {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    scheduler.add(Fixtures.node("n", "1", "8Gi", "a"));
    scheduler.bind(Fixtures.pod("other", Fixtures.spec("1", "1Gi")), "n");
    Pod pod = Fixtures.pod("p", Fixtures.spec("1", "1Gi"));
    assertThat(scheduler.ways(pod, scheduler.decide(pod))).isEmpty();
  }
}
