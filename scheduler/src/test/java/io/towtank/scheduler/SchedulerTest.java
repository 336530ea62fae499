package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeConditionBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.OwnerReferenceBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.codec.ObjectCodec;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.YamlReader;
import io.towtank.record.Recorder;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scheduler in a cluster that consists of a store and nothing else. */
class SchedulerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;

  private final Recorder recorder = new Recorder();
  private @Nullable Scheduler started;
  private Simulation simulation = new Simulation(1, 0);
  private ApiStore store = new ApiStore(simulation, ImmutableList.of());

  private void start(LatencyProfile latency) {
    start(latency, SchedulerConfiguration.defaults().withTies(Ties.FIRST));
  }

  private void start(LatencyProfile latency, SchedulerConfiguration configuration) {
    simulation = new Simulation(1, 0);
    store = new ApiStore(simulation, ImmutableList.of());
    started = SchedulerAlone.start(simulation, store, recorder, latency, configuration);
  }

  private Scheduler scheduler() {
    return Objects.requireNonNull(started);
  }

  private void run(long untilNanos) {
    while (simulation.step(untilNanos)) {}
  }

  private void createNodes(int count, String cpu) {
    for (int i = 0; i < count; i++) {
      store.create(Fixtures.node("node-" + i, cpu, "8Gi", "zone-" + i % 3));
    }
  }

  private void createPods(int count, PodSpec spec) {
    for (int i = 0; i < count; i++) {
      store.create(Fixtures.pod("pod-" + i, spec));
    }
  }

  private Pod pod(String name) {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", name));
  }

  private String message(String name) {
    return pod(name).status().conditions().stream()
        .filter(c -> c.type().equals("PodScheduled") && c.status() == ConditionStatus.FALSE)
        .map(c -> c.reason() + ": " + c.message())
        .collect(Collectors.joining());
  }

  @Test
  void spreadsEqualPodsOverEqualNodes() {
    start(LatencyProfile.INSTANT);
    createNodes(10, "4");
    createPods(40, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(
            store.list(Kinds.POD).stream()
                .collect(
                    Collectors.groupingBy(
                        p -> Objects.requireNonNull(p.nodeName()), Collectors.counting()))
                .values())
        .hasSize(10)
        .containsOnly(4L);
    assertThat(recorder.counter("scheduler/scheduled")[0]).isEqualTo(40);
  }

  @Test
  void bindsNoMoreThanFitsAndSaysWhy() {
    start(LatencyProfile.INSTANT);
    createNodes(3, "2");
    createPods(7, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(store.list(Kinds.POD).stream().filter(p -> p.nodeName() != null)).hasSize(6);
    assertThat(message("pod-6"))
        .startsWith("Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.");
    assertThat(recorder.counter("scheduler/reasons/Insufficient cpu")[0]).isEqualTo(3);
  }

  @Test
  void nodeThatJoinsUnblocksPods() {
    start(LatencyProfile.INSTANT);
    createPods(2, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(message("pod-0")).isEqualTo("Unschedulable: no nodes available to schedule pods");
    createNodes(1, "4");
    run(20 * SECOND);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
    assertThat(pod("pod-1").nodeName()).isEqualTo("node-0");
  }

  @Test
  void podThatEndsMakesRoom() {
    start(LatencyProfile.INSTANT);
    createNodes(1, "1");
    createPods(2, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(pod("pod-1").nodeName()).isNull();
    store.delete(Kinds.POD, "default", "pod-0", DeleteOptions.NOW);
    run(20 * SECOND);
    assertThat(pod("pod-1").nodeName()).isEqualTo("node-0");
  }

  @Test
  void uncordonedNodeIsUsedAgain() {
    start(LatencyProfile.INSTANT);
    Node node = Fixtures.node("node-0", "4", "8Gi", "zone-0");
    store.create(
        NodeBuilder.builder(node)
            .spec(NodeSpecBuilder.builder().unschedulable(true).build())
            .build());
    createPods(1, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(message("pod-0")).contains("1 node(s) were unschedulable");
    store.update(node);
    run(20 * SECOND);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
  }

  /** What no plugin of ours looks at, but one of a user's may. */
  @ParameterizedTest
  @ValueSource(strings = {"annotation", "condition"})
  void pluginsOfUsersSeeAnnotationsAndConditionsChange(String what) {
    FilterPlugin<String> plugin =
        new FilterPlugin<>() {
          @Override
          public String name() {
            return "Blessed";
          }

          @Override
          public ImmutableList<ClusterEventWithHint> eventsToRegister() {
            return ImmutableList.of(
                ClusterEventWithHint.of(
                    ClusterEvent.Resource.NODE,
                    what.equals("annotation")
                        ? ClusterEvent.UPDATE_NODE_ANNOTATION
                        : ClusterEvent.UPDATE_NODE_CONDITION));
          }

          @Override
          public PreFilterResult<String> preFilter(PodInfo pod) {
            return PreFilterResult.demand("blessed");
          }

          @Override
          public Status filter(String wanted, NodeInfo node) {
            return node.node().metadata().annotations().containsKey(wanted)
                    || node.node().status().condition("Blessed") != null
                ? Status.SUCCESS
                : Status.unschedulable("node(s) were not blessed");
          }
        };
    start(
        LatencyProfile.INSTANT,
        SchedulerConfigurationBuilder.builder(
                SchedulerConfiguration.read(
                    YamlReader.read(
                            "case",
                            "{profiles: [{plugins: {filter: {enabled: [{name: Blessed}]}}}]}")
                        .getFirst()
                        .content()))
            .catalog(PluginCatalog.INSTALLED.with(blessed(plugin)))
            .build());
    createNodes(1, "4");
    createPods(1, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(message("pod-0")).contains("1 node(s) were not blessed");
    Node node = Objects.requireNonNull(store.get(Kinds.NODE, null, "node-0"));
    if (what.equals("annotation")) {
      store.update(
          NodeBuilder.builder(node)
              .metadata(
                  ObjectMetaBuilder.builder(node.metadata())
                      .annotations(ImmutableMap.of("blessed", "yes"))
                      .build())
              .build());
    } else {
      NodeCondition blessed =
          NodeConditionBuilder.builder().type("Blessed").status(ConditionStatus.TRUE).build();
      store.updateStatus(
          NodeBuilder.builder(node)
              .status(
                  NodeStatusBuilder.builder(node.status())
                      .conditions(ImmutableList.of(blessed))
                      .build())
              .build());
    }
    run(5 * SECOND);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
  }

  private static PluginFactory blessed(Plugin plugin) {
    return new PluginFactory() {
      @Override
      public String name() {
        return plugin.name();
      }

      @Override
      public Plugin create(Arguments arguments, PluginContext context) {
        return plugin;
      }
    };
  }

  @Test
  void importantPodsComeFirst() {
    start(LatencyProfile.TYPICAL);
    createNodes(1, "1");
    PodSpec spec = Fixtures.spec("1", "1Gi");
    store.create(Fixtures.pod("low", spec));
    store.create(Fixtures.pod("high", PodSpecBuilder.builder(spec).priority(10).build()));
    run(60 * SECOND);
    assertThat(pod("high").nodeName()).isEqualTo("node-0");
    assertThat(pod("low").nodeName()).isNull();
  }

  @Test
  void gatedPodsAreNotTried() {
    start(LatencyProfile.INSTANT);
    createNodes(1, "4");
    PodSpec spec = Fixtures.spec("1", "1Gi");
    Pod gated =
        Fixtures.pod(
            "pod-0",
            PodSpecBuilder.builder(spec)
                .schedulingGates(ImmutableList.of(new PodSchedulingGate("wait", Fields.NONE)))
                .build());
    store.create(gated);
    run(SECOND);
    assertThat(recorder.counter("scheduler/attempts")[0]).isZero();
    store.update(pod("pod-0").withSpec(spec));
    run(2 * SECOND);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
  }

  @Test
  void podsOfOtherSchedulersAreLeftAlone() {
    start(LatencyProfile.INSTANT);
    createNodes(1, "4");
    store.create(
        Fixtures.pod(
            "other",
            PodSpecBuilder.builder(Fixtures.spec("1", "1Gi")).schedulerName("mine").build(),
            ImmutableMap.of()));
    run(SECOND);
    assertThat(pod("other").nodeName()).isNull();
  }

  @Test
  void attemptsTakeTheTimeThatTheProfileSays() {
    start(LatencyProfile.TYPICAL);
    createNodes(100, "4");
    run(SECOND);
    createPods(100, Fixtures.spec("10m", "1Mi"));
    run(SECOND + SECOND / 50);
    long early = recorder.counter("scheduler/attempts")[0];
    run(10 * SECOND);
    assertThat(early).isBetween(1L, 99L);
    assertThat(recorder.counter("scheduler/scheduled")[0]).isEqualTo(100);
  }

  @Test
  void attemptsTakeThreeHundredthsOfASecondAtFiveThousandNodesAndNoneInAnInstant() {
    start(LatencyProfile.TYPICAL);
    createNodes(5000, "4");
    run(SECOND);
    createPods(400, Fixtures.spec("10m", "1Mi"));
    run(2 * SECOND);
    // From the end of the watch delay, 10 ms, on.
    assertThat(recorder.counter("scheduler/attempts")[0]).isEqualTo(297);
    start(LatencyProfile.INSTANT);
    createNodes(5000, "4");
    createPods(400, Fixtures.spec("10m", "1Mi"));
    run(1);
    assertThat(recorder.counter("scheduler/attempts")[0]).isEqualTo(297 + 400);
  }

  private static LatencyProfile aMillisecondANode() {
    return new LatencyProfile(
        "a-millisecond-a-node",
        Distribution.ZERO,
        0,
        ClientLimits.NONE,
        ClientLimits.NONE,
        ClientLimits.NONE,
        0,
        MILLISECOND,
        Distribution.ZERO,
        0,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO);
  }

  /**
   * A sampled attempt takes the time of the nodes that it looks at, those that do not fit included.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# of 300 nodes every so manieth fits | percentageOfNodesToScore | nodes looked at
1   | 100 | 300
1   | 50  | 150
1   | 0   | 144
2   | 50  | 299
3   | 50  | 300
300 | 50  | 300
""")
  void attemptsTakeTheTimeOfTheNodesThatAreLookedAt(int everySoMany, int percentage, int looked) {
    start(
        aMillisecondANode(),
        SchedulerConfiguration.defaults()
            .withTies(Ties.FIRST)
            .withPercentageOfNodesToScore(percentage));
    for (int i = 0; i < 300; i++) {
      store.create(Fixtures.node("node-" + i, i % everySoMany == 0 ? "4" : "0", "8Gi", "zone"));
    }
    createPods(1, Fixtures.spec("1", "1Gi"));
    run(looked * MILLISECOND - 1);
    assertThat(pod("pod-0").nodeName()).isNull();
    run(looked * MILLISECOND);
    assertThat(pod("pod-0").nodeName()).isNotNull();
  }

  @Test
  void aPodOfANamedNodeTakesTheTimeOfThatNode() {
    start(aMillisecondANode());
    createNodes(100, "4");
    store.create(
        PluginCluster.pod(
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                + " {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In,"
                + " values: [node-7]}]}]}}}"));
    run(MILLISECOND);
    assertThat(pod("p").nodeName()).isEqualTo("node-7");
  }

  /** Whoever asks what would be decided does not change what is decided. */
  @ParameterizedTest
  @CsvSource({"100", "50"})
  void askingChangesNothing(int percentage) {
    List<String> chosen = new ArrayList<>();
    for (boolean asking : new boolean[] {false, true}) {
      start(
          LatencyProfile.INSTANT,
          SchedulerConfigurationBuilder.builder(SchedulerConfiguration.defaults())
              .percentageOfNodesToScore(percentage)
              .compareSampling(true)
              .build());
      createNodes(300, "4");
      for (int i = 0; i < 20; i++) {
        run(i * SECOND);
        Pod pod = Fixtures.pod("pod-" + i, Fixtures.spec("1", "1Gi"));
        if (asking) {
          assertThat(Objects.requireNonNull(scheduler().explain(pod)).bound()).isNotNull();
        }
        store.create(pod);
      }
      run(20 * SECOND);
      assertThat(scheduler().samplingComparisons().getFirst().decisions()).isEqualTo(20);
      chosen.add(
          store.list(Kinds.POD).stream().map(Pod::nodeName).collect(Collectors.joining(" ")));
    }
    assertThat(chosen.getFirst()).isEqualTo(chosen.getLast());
  }

  /** The kubelet gives back what a pod that was resized in place does not ask for any more. */
  @Test
  void whatAResizedPodStillHasCountsUntilItIsGivenBack() {
    start(LatencyProfile.INSTANT);
    createNodes(1, "4");
    Pod resized =
        PluginCluster.pod(
            "name: resized, node: node-0, requests: {cpu: 1}, phase: Running, holds: {cpu: 3}");
    store.create(resized);
    store.updateStatus(PodBuilder.builder(pod("resized")).status(resized.status()).build());
    run(SECOND);
    createPods(1, Fixtures.spec("2", "1Gi"));
    run(2 * SECOND);
    assertThat(message("pod-0"))
        .startsWith("Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.");
    store.updateStatus(
        PodBuilder.builder(pod("resized"))
            .status(
                PodStatusBuilder.builder(pod("resized").status())
                    .containerStatuses(ImmutableList.of())
                    .build())
            .build());
    run(20 * SECOND);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
  }

  @Test
  void resultsAreWrittenOntoPodsOnlyWhereAskedFor() {
    start(LatencyProfile.INSTANT);
    createNodes(2, "4");
    createPods(1, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(pod("pod-0").metadata().annotations()).isEmpty();
    start(
        LatencyProfile.INSTANT,
        SchedulerConfigurationBuilder.builder(SchedulerConfiguration.defaults())
            .annotateResults(true)
            .build());
    createNodes(1, "4");
    store.create(Fixtures.node("small", "500m", "8Gi", "zone-0"));
    createPods(1, Fixtures.spec("1", "1Gi"));
    run(SECOND);
    assertThat(pod("pod-0").metadata().annotations().keySet())
        .allMatch(key -> key.startsWith("kube-scheduler-simulator.sigs.k8s.io/"))
        .hasSize(14);
    assertThat(pod("pod-0").nodeName()).isEqualTo("node-0");
  }

  @Test
  void whatOthersWriteIntoAPodsStatusStays() {
    start(LatencyProfile.TYPICAL);
    createNodes(1, "1");
    createPods(1, Fixtures.spec("2", "1Gi"));
    // The scheduler has decided and its patch is on its way.
    while (recorder.counter("scheduler/unschedulable")[0] == 0) {
      assertThat(simulation.step(SECOND)).isTrue();
    }
    Pod seen = pod("pod-0");
    store.updateStatus(
        seen.withStatus(
            PodStatusBuilder.builder(seen.status())
                .conditions(
                    ImmutableList.of(
                        new PodCondition(
                            "Mine",
                            ConditionStatus.TRUE,
                            Timestamps.NONE,
                            Timestamps.NONE,
                            null,
                            null,
                            Fields.NONE)))
                .build()));
    run(SECOND);
    assertThat(pod("pod-0").status().conditions())
        .extracting(PodCondition::type)
        .containsExactlyInAnyOrder("Mine", "PodScheduled");
  }

  @Test
  void podsOfAReplicationControllerAreSpread() {
    start(LatencyProfile.INSTANT);
    createNodes(3, "64");
    store.create(
        (GenericObject)
            ObjectCodec.read(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("apiVersion", "v1")
                    .put("kind", "ReplicationController")
                    .<ObjectNode>set(
                        "metadata",
                        JsonNodeFactory.instance
                            .objectNode()
                            .put("name", "rc")
                            .put("namespace", "default"))
                    .set(
                        "spec",
                        JsonNodeFactory.instance
                            .objectNode()
                            .set(
                                "selector",
                                JsonNodeFactory.instance.objectNode().put("app", "rc")))));
    Pod pod = Fixtures.pod("p", Fixtures.spec("0", "0"), ImmutableMap.of("app", "rc"));
    OwnerReference owner =
        OwnerReferenceBuilder.builder()
            .apiVersion("v1")
            .kind("ReplicationController")
            .name("rc")
            .uid(Uid.of(1, 1))
            .controller(true)
            .build();
    for (int i = 0; i < 9; i++) {
      store.create(
          pod.withMetadata(
              ObjectMetaBuilder.builder(pod.metadata())
                  .name("p" + i)
                  .ownerReferences(ImmutableList.of(owner))
                  .build()));
      run(i + 1);
    }
    assertThat(
            store.list(Kinds.POD).stream()
                .collect(
                    Collectors.groupingBy(
                        p -> Objects.requireNonNull(p.nodeName()), Collectors.counting()))
                .values())
        .containsExactly(3L, 3L, 3L);
  }

  @Test
  void sameSeedSameNodes() {
    List<String> first = placements();
    assertThat(placements()).isEqualTo(first);
  }

  private List<String> placements() {
    start(LatencyProfile.TYPICAL, SchedulerConfiguration.defaults());
    createNodes(20, "8");
    createPods(60, Fixtures.spec("100m", "100Mi"));
    run(60 * SECOND);
    return store.list(Kinds.POD).stream().map(p -> p.name() + "@" + p.nodeName()).toList();
  }
}
