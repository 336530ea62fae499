package io.towtank.scheduler.workload;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodAffinityTermBuilder;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.TopologySpreadConstraint;
import io.towtank.api.TopologySpreadConstraintBuilder;
import io.towtank.api.WeightedPodAffinityTerm;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Pods of one sort to be placed on equal nodes, after the pod templates of scheduler_perf. A pod
 * asks for 100m CPU and 500Mi of memory and carries the label {@code app} with the workload's name,
 * which is what its terms select; all pods of a workload are of one template, save those of {@link
 * #MIXED}, each of which has a label of its own, and of {@link #MIXEDREQUESTS}, which differ in
 * what they ask for too: the nodes come to be of more kinds.
 */
public enum SchedulerWorkload {
  BASIC(940, 94_000, 400_000, "pods that ask for nothing but CPU and memory"),
  ANTIAFFINITY(273, 28_000, 150_000, "required anti-affinity, hostname: one pod a node"),
  AFFINITY(126, 13_000, 150_000, "required affinity, zone: all in the first pod's zone"),
  PREFANTIAFFINITY(296, 30_000, 150_000, "preferred anti-affinity, hostname, weight 1"),
  SPREAD(376, 38_000, 150_000, "topology spread, zone, maxSkew 5, DoNotSchedule"),
  PREFSPREAD(480, 48_000, 150_000, "topology spread, zone, maxSkew 5, ScheduleAnyway"),
  NODEAFFINITY(290, 29_000, 200_000, "required node affinity: zone In 2 of the 10 zones"),
  MIXED(0, 10_000, 50_000, "every pod another template, all of the above in turn"),
  MIXEDREQUESTS(0, 0, 0, "as mixed, and one of 50 CPU requests from 100m to 149m");

  private static final ImmutableList<SchedulerWorkload> PLAIN =
      ImmutableList.of(
          BASIC, ANTIAFFINITY, AFFINITY, PREFANTIAFFINITY, SPREAD, PREFSPREAD, NODEAFFINITY);
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String HOSTNAME = "kubernetes.io/hostname";
  private static final int ZONES = 10;
  private static final int MAX_SKEW = 5;
  private static final int CPU_REQUESTS = 50;
  private static final ImmutableMap<String, Quantity> NODE_RESOURCES =
      ImmutableMap.of(
          "cpu", Quantity.of(32), "memory", Quantity.parse("256Gi"), "pods", Quantity.of(110));
  private static final Quantity CPU = Quantity.ofMillis(100);
  private static final Quantity POD_MEMORY = Quantity.parse("500Mi");

  private final int referencePodsPerSecond;
  private final int bar;
  private final int aim;
  private final String description;

  SchedulerWorkload(int referencePodsPerSecond, int bar, int aim, String description) {
    this.referencePodsPerSecond = referencePodsPerSecond;
    this.bar = bar;
    this.aim = aim;
    this.description = description;
  }

  /** The name, as options and labels have it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Pods a second of kube-scheduler v1.34.1's own code without an API server on 2 cores, 5,000
   * nodes, 2,000 pods after 200 to warm up, where it looks for 10 % of the nodes; 0 where that was
   * not measured.
   */
  public int referencePodsPerSecond() {
    return referencePodsPerSecond;
  }

  /** Pods a second that are the least to be had on 5,000 nodes, all of them scored; 0 for none. */
  public int bar() {
    return bar;
  }

  /** Pods a second that are aimed at; 0 for none. */
  public int aim() {
    return aim;
  }

  /** What the pods are like, in a few words. */
  public String description() {
    return description;
  }

  /** A node of 32 CPU, 256 GiB and 110 pods, by number; zones take turns. */
  public static Node node(int number) {
    String name = "node-" + number;
    return NodeBuilder.builder()
        .metadata(meta(name, null, ImmutableMap.of(HOSTNAME, name, ZONE, zone(number % ZONES))))
        .spec(NodeSpecBuilder.builder().build())
        .status(
            NodeStatusBuilder.builder()
                .capacity(NODE_RESOURCES)
                .allocatable(NODE_RESOURCES)
                .build())
        .build();
  }

  private static String zone(int number) {
    return "zone-" + number;
  }

  /** Pods of this workload, numbered from 0. */
  public ImmutableList<Pod> pods(int count) {
    ImmutableList.Builder<Pod> pods = ImmutableList.builderWithExpectedSize(count);
    ImmutableMap<String, String> labels = ImmutableMap.of("app", id());
    PodSpec spec = spec(id(), CPU);
    for (int i = 0; i < count; i++) {
      pods.add(
          switch (this) {
            case MIXED -> mixed(i, CPU);
            case MIXEDREQUESTS -> mixed(i, Quantity.ofMillis(100 + i % CPU_REQUESTS));
            default -> pod(i, labels, spec);
          });
    }
    return pods.build();
  }

  private Pod mixed(int number, Quantity cpu) {
    SchedulerWorkload kind = PLAIN.get(number % PLAIN.size());
    return pod(
        number,
        ImmutableMap.of("app", id(), "pod-template-hash", Integer.toString(number)),
        kind.spec(id(), cpu));
  }

  private Pod pod(int number, ImmutableMap<String, String> labels, PodSpec spec) {
    return PodBuilder.builder()
        .metadata(meta(id() + "-" + number, "default", labels))
        .spec(spec)
        .status(
            PodStatusBuilder.builder().phase(PodPhase.PENDING).startTime(Timestamps.NONE).build())
        .build();
  }

  private static ObjectMeta meta(
      String name, @Nullable String namespace, ImmutableMap<String, String> labels) {
    return ObjectMetaBuilder.builder()
        .name(name)
        .namespace(namespace)
        .labels(labels)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }

  private PodSpec spec(String app, Quantity cpu) {
    return PodSpecBuilder.builder()
        .containers(
            ImmutableList.of(
                ContainerBuilder.builder()
                    .name("pause")
                    .image("registry.k8s.io/pause:3.10")
                    .resources(
                        ResourceRequirementsBuilder.builder()
                            .requests(ImmutableMap.of("cpu", cpu, "memory", POD_MEMORY))
                            .build())
                    .build()))
        .affinity(affinity(app))
        .topologySpreadConstraints(
            switch (this) {
              case SPREAD -> spread(app, "DoNotSchedule");
              case PREFSPREAD -> spread(app, "ScheduleAnyway");
              default -> ImmutableList.of();
            })
        .build();
  }

  private @Nullable Affinity affinity(String app) {
    AffinityBuilder affinity = AffinityBuilder.builder();
    switch (this) {
      case ANTIAFFINITY ->
          affinity.podAntiAffinity(
              PodAntiAffinityBuilder.builder()
                  .requiredDuringSchedulingIgnoredDuringExecution(
                      ImmutableList.of(term(app, HOSTNAME)))
                  .build());
      case AFFINITY ->
          affinity.podAffinity(
              PodAffinityBuilder.builder()
                  .requiredDuringSchedulingIgnoredDuringExecution(ImmutableList.of(term(app, ZONE)))
                  .build());
      case PREFANTIAFFINITY ->
          affinity.podAntiAffinity(
              PodAntiAffinityBuilder.builder()
                  .preferredDuringSchedulingIgnoredDuringExecution(
                      ImmutableList.of(
                          new WeightedPodAffinityTerm(1, term(app, HOSTNAME), Fields.NONE)))
                  .build());
      case NODEAFFINITY ->
          affinity.nodeAffinity(
              NodeAffinityBuilder.builder()
                  .requiredDuringSchedulingIgnoredDuringExecution(zoneIn(zone(1), zone(2)))
                  .build());
      case BASIC, SPREAD, PREFSPREAD, MIXED, MIXEDREQUESTS -> {
        return null;
      }
    }
    return affinity.build();
  }

  private static NodeSelector zoneIn(String... zones) {
    return new NodeSelector(
        ImmutableList.of(
            NodeSelectorTermBuilder.builder()
                .matchExpressions(
                    ImmutableList.of(
                        new NodeSelectorRequirement(
                            ZONE, "In", ImmutableList.copyOf(zones), Fields.NONE)))
                .build()),
        Fields.NONE);
  }

  private static PodAffinityTerm term(String app, String topologyKey) {
    return PodAffinityTermBuilder.builder()
        .labelSelector(selector(app))
        .topologyKey(topologyKey)
        .build();
  }

  private static ImmutableList<TopologySpreadConstraint> spread(String app, String action) {
    return ImmutableList.of(
        TopologySpreadConstraintBuilder.builder()
            .maxSkew(MAX_SKEW)
            .topologyKey(ZONE)
            .whenUnsatisfiable(action)
            .labelSelector(selector(app))
            .build());
  }

  private static LabelSelector selector(String app) {
    return LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", app)).build();
  }
}
