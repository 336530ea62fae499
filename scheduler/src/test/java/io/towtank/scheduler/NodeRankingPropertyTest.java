package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerImage;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.Fields;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.LabelSelectorRequirement;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodAffinityTermBuilder;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PreferredSchedulingTerm;
import io.towtank.api.Quantity;
import io.towtank.api.Service;
import io.towtank.api.ServiceBuilder;
import io.towtank.api.ServiceSpecBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.api.TopologySpreadConstraintBuilder;
import io.towtank.api.WeightedPodAffinityTerm;
import io.towtank.scheduler.explain.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What is remembered from pod to pod never changes a decision: a scheduler that lives through
 * random changes decides as every plugin says when it is asked about every node for the first time.
 * The seed is printed; {@code -Dtowtank.test.seed=N} replays it.
 */
class NodeRankingPropertyTest {
  private static final int CLUSTERS = 25;
  private static final int STEPS = 60;
  private static final String[] APPS = {"web", "db", "cache"};
  private static final String[] KEYS = {
    "kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"
  };

  private final List<PodSpec> templates = new ArrayList<>();
  private int shapes;

  /** Nodes that differ, and a handful of templates. */
  @Test
  void livingSchedulerDecidesAsNewOne() {
    Long given = Long.getLong("towtank.test.seed");
    for (int i = 0; i < (given == null ? CLUSTERS : 1); i++) {
      long seed = given == null ? i : given;
      live(seed, 3, 12, false);
    }
  }

  /** Nodes of few shapes, so that many are of one class, and templates that come and go. */
  @Test
  void livingSchedulerDecidesAsNewOneWhereNodesAreAlike() {
    Long given = Long.getLong("towtank.test.seed");
    for (int i = 0; i < (given == null ? CLUSTERS : 1); i++) {
      long seed = given == null ? 1000 + i : given;
      live(seed, 25, 15, true);
    }
  }

  private void live(long seed, int fewest, int more, boolean alike) {
    Random random = new Random(seed);
    shapes = alike ? 3 : Integer.MAX_VALUE;
    templates.clear();
    for (int i = 0; i < 6; i++) {
      templates.add(spec(random));
    }
    SchedulerConfiguration configuration = SchedulerConfiguration.defaults().withTies(Ties.FIRST);
    OfflineScheduler living = new OfflineScheduler(configuration);
    List<Node> nodes = new ArrayList<>();
    List<Pod> pods = new ArrayList<>();
    List<Service> services = new ArrayList<>();
    int count = fewest + random.nextInt(more);
    for (int i = 0; i < count; i++) {
      addNode(living, nodes, node(random, "node-" + i));
    }
    for (int step = 0; step < STEPS; step++) {
      change(random, step, living, nodes, pods, services);
      if (alike && random.nextBoolean()) {
        templates.set(random.nextInt(templates.size()), spec(random));
      }
      Pod pod = pod(random, "new-" + step);
      OfflineScheduler fresh = new OfflineScheduler(configuration);
      copyRows(living, fresh);
      services.forEach(fresh::add);
      String place = "seed " + seed + ", step " + step;
      PlainEvaluation expected =
          new PlainEvaluation(fresh.state(), fresh.profile(pod), fresh.state().info(pod));
      Decision actual = living.decide(pod);
      assertThat(actual.preFilter()).as(place).isEqualTo(expected.rejection);
      assertThat(new TreeMap<>(actual.infeasible())).as(place).isEqualTo(expected.infeasible);
      expected.scores.values().forEach(scores -> scores.values().removeIf(score -> score == 0));
      assertThat(plugins(actual)).as(place).isEqualTo(expected.scores);
      expected.rawScores.values().forEach(scores -> scores.values().removeIf(score -> score == 0));
      assertThat(raw(actual)).as(place).isEqualTo(expected.rawScores);
      assertThat(actual.bound()).as(place).isEqualTo(expected.best);
      assertThat(actual.best()).as(place).isEqualTo(expected.ties);
      assertThat(living.decide(pod)).as(place).isEqualTo(actual);
      if (actual.bound() != null) {
        living.bind(pod, actual.bound());
        pods.add(PodBuilder.builder(pod).nodeName(actual.bound()).build());
      }
    }
  }

  /** Without zeros: a plugin that has no opinion and one whose opinion is 0 are the same. */
  private static Map<String, Map<String, Long>> plugins(Decision decision) {
    Map<String, Map<String, Long>> plugins = new TreeMap<>();
    decision
        .scores()
        .forEach((node, score) -> {
          Map<String, Long> scores = new TreeMap<>();
          score
              .plugins()
              .forEach((plugin, its) -> {
                if (its.weighted() != 0) {
                  scores.put(plugin, its.weighted());
                }
              });
          plugins.put(node, scores);
        });
    return plugins;
  }

  /** What plugins gave before normalisation; without zeros, as above. */
  private static Map<String, Map<String, Long>> raw(Decision decision) {
    Map<String, Map<String, Long>> plugins = new TreeMap<>();
    decision
        .scores()
        .forEach((node, score) -> {
          Map<String, Long> scores = new TreeMap<>();
          score.plugins().forEach((plugin, its) -> scores.put(plugin, its.raw()));
          scores.values().removeIf(value -> value == 0);
          plugins.put(node, scores);
        });
    return plugins;
  }

  /** The same cluster in the same order of rows. */
  private static void copyRows(OfflineScheduler living, OfflineScheduler fresh) {
    var state = living.state();
    for (int row = 0; row < state.rows(); row++) {
      fresh.add(
          state.isNode(row) ? state.node(row) : Fixtures.node("hole-" + row, "1", "1Gi", "hole"));
    }
    for (int row = 0; row < state.rows(); row++) {
      if (!state.isNode(row)) {
        fresh.state().removeNode("hole-" + row);
      }
      for (int i = 0; i < state.podCount(row); i++) {
        fresh.add(state.pod(row, i).pod());
      }
    }
  }

  private static void addNode(OfflineScheduler living, List<Node> nodes, Node node) {
    living.add(node);
    nodes.add(node);
  }

  private void change(
      Random random,
      int step,
      OfflineScheduler living,
      List<Node> nodes,
      List<Pod> pods,
      List<Service> services) {
    switch (random.nextInt(9)) {
      case 0 -> addNode(living, nodes, node(random, "more-" + step));
      case 1 -> {
        Node old = nodes.get(random.nextInt(nodes.size()));
        Node changed = node(random, old.name());
        nodes.set(nodes.indexOf(old), changed);
        living.add(changed);
      }
      case 2 -> {
        if (nodes.size() > 2) {
          Node gone = nodes.remove(random.nextInt(nodes.size()));
          pods.removeIf(pod -> {
            boolean there = gone.name().equals(pod.nodeName());
            if (there) {
              living.state().removePod(ObjectKey.of(pod));
            }
            return there;
          });
          living.state().removeNode(gone.name());
        }
      }
      case 3, 4 -> {
        if (!pods.isEmpty()) {
          Pod gone = pods.remove(random.nextInt(pods.size()));
          living.state().removePod(ObjectKey.of(gone));
        }
      }
      case 5 -> {
        if (!pods.isEmpty()) {
          int index = random.nextInt(pods.size());
          Pod dying = pods.get(index);
          Pod marked =
              dying.withMetadata(
                  ObjectMetaBuilder.builder(dying.metadata()).deletionTimestamp(0).build());
          pods.set(index, marked);
          living.add(marked);
        }
      }
      case 6 -> {
        Service service = service(APPS[random.nextInt(APPS.length)]);
        services.removeIf(s -> s.name().equals(service.name()));
        services.add(service);
        living.add(service);
      }
      default -> {}
    }
  }

  private static Service service(String app) {
    return ServiceBuilder.builder()
        .metadata(Fixtures.meta(app, ImmutableMap.of()))
        .spec(ServiceSpecBuilder.builder().selector(ImmutableMap.of("app", app)).build())
        .build();
  }

  private Node node(Random any, String name) {
    Random random = new Random(any.nextInt(shapes));
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    labels.put("kubernetes.io/hostname", random.nextInt(10) == 0 ? "shared" : name);
    if (random.nextInt(8) > 0) {
      labels.put("topology.kubernetes.io/zone", "zone-" + random.nextInt(3));
    }
    if (random.nextBoolean()) {
      labels.put("rack", "rack-" + random.nextInt(6));
    }
    ImmutableMap<String, Quantity> resources =
        ImmutableMap.of(
            "cpu", Quantity.of(1 + random.nextInt(4)),
            "memory", Quantity.ofBytes((1 + random.nextInt(8)) * (1L << 30)),
            "pods", Quantity.of(2 + random.nextInt(8)));
    ImmutableList<Taint> taints =
        random.nextInt(4) > 0
            ? ImmutableList.of()
            : ImmutableList.of(
                new Taint(
                    "t",
                    "v" + random.nextInt(2),
                    random.nextBoolean() ? "NoSchedule" : "PreferNoSchedule",
                    Timestamps.NONE,
                    Fields.NONE));
    ImmutableList<ContainerImage> images =
        random.nextBoolean()
            ? ImmutableList.of()
            : ImmutableList.of(
                new ContainerImage(
                    ImmutableList.of("img" + random.nextInt(2) + ":latest"),
                    400L << 20,
                    Fields.NONE));
    Node base = Fixtures.node(name, "1", "1Gi", "z");
    return NodeBuilder.builder(base)
        .metadata(ObjectMetaBuilder.builder(base.metadata()).labels(labels.buildOrThrow()).build())
        .spec(
            NodeSpecBuilder.builder()
                .taints(taints)
                .unschedulable(random.nextInt(10) == 0 ? true : null)
                .build())
        .status(
            NodeStatusBuilder.builder()
                .capacity(resources)
                .allocatable(resources)
                .images(images)
                .build())
        .build();
  }

  private Pod pod(Random random, String name) {
    return Fixtures.pod(
        name,
        templates.get(random.nextInt(templates.size())),
        ImmutableMap.of("app", APPS[random.nextInt(APPS.length)]));
  }

  private static LabelSelector selector(Random random) {
    String app = APPS[random.nextInt(APPS.length)];
    if (random.nextInt(4) > 0) {
      return LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", app)).build();
    }
    String operator = random.nextBoolean() ? "In" : "NotIn";
    return LabelSelectorBuilder.builder()
        .matchExpressions(
            ImmutableList.of(
                new LabelSelectorRequirement(
                    "app", operator, ImmutableList.of(app, "web"), Fields.NONE)))
        .build();
  }

  private static PodAffinityTerm term(Random random) {
    return PodAffinityTermBuilder.builder()
        .labelSelector(selector(random))
        .topologyKey(KEYS[random.nextInt(KEYS.length)])
        .build();
  }

  private static ImmutableList<WeightedPodAffinityTerm> weighted(Random random) {
    return ImmutableList.of(
        new WeightedPodAffinityTerm(1 + random.nextInt(100), term(random), Fields.NONE));
  }

  private static PodSpec spec(Random random) {
    PodSpec base = Fixtures.spec((1 + random.nextInt(12)) * 100 + "m", "300Mi");
    PodSpecBuilder spec = PodSpecBuilder.builder(base).priority(random.nextInt(3) * 10);
    if (random.nextInt(3) == 0) {
      spec.tolerations(
          ImmutableList.of(
              new Toleration("t", "Equal", "v" + random.nextInt(2), null, null, Fields.NONE)));
    }
    if (random.nextInt(5) == 0) {
      spec.containers(
          ImmutableList.of(
              ContainerBuilder.builder(base.containers().getFirst())
                  .image("img" + random.nextInt(2))
                  .ports(
                      ImmutableList.of(
                          ContainerPortBuilder.builder()
                              .containerPort(80)
                              .hostPort(80 + random.nextInt(2))
                              .build()))
                  .build()));
    }
    AffinityBuilder affinity = AffinityBuilder.builder();
    switch (random.nextInt(7)) {
      case 0 ->
          affinity.podAntiAffinity(
              PodAntiAffinityBuilder.builder()
                  .requiredDuringSchedulingIgnoredDuringExecution(ImmutableList.of(term(random)))
                  .build());
      case 1 ->
          affinity.podAffinity(
              PodAffinityBuilder.builder()
                  .requiredDuringSchedulingIgnoredDuringExecution(ImmutableList.of(term(random)))
                  .build());
      case 2 ->
          affinity.podAntiAffinity(
              PodAntiAffinityBuilder.builder()
                  .preferredDuringSchedulingIgnoredDuringExecution(weighted(random))
                  .build());
      case 3 ->
          affinity.podAffinity(
              PodAffinityBuilder.builder()
                  .preferredDuringSchedulingIgnoredDuringExecution(weighted(random))
                  .build());
      case 4 -> {
        var zone1 =
            NodeSelectorTermBuilder.builder()
                .matchExpressions(
                    ImmutableList.of(
                        new NodeSelectorRequirement(
                            KEYS[1], "In", ImmutableList.of("zone-1"), Fields.NONE)))
                .build();
        affinity.nodeAffinity(
            NodeAffinityBuilder.builder()
                .preferredDuringSchedulingIgnoredDuringExecution(
                    ImmutableList.of(new PreferredSchedulingTerm(7, zone1, Fields.NONE)))
                .build());
      }
      default -> {
        if (random.nextBoolean()) {
          spec.topologySpreadConstraints(
              ImmutableList.of(
                  TopologySpreadConstraintBuilder.builder()
                      .maxSkew(1 + random.nextInt(2))
                      .topologyKey(KEYS[random.nextInt(KEYS.length)])
                      .whenUnsatisfiable(random.nextBoolean() ? "DoNotSchedule" : "ScheduleAnyway")
                      .labelSelector(selector(random))
                      .nodeTaintsPolicy(random.nextBoolean() ? "Honor" : null)
                      .build()));
        }
      }
    }
    return spec.affinity(affinity.build()).build();
  }
}
