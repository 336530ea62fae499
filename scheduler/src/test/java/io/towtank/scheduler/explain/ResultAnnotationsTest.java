package io.towtank.scheduler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.scheduler.SchedulerAlone;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.SchedulerConfigurationBuilder;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The texts are as kube-scheduler-simulator writes them. */
class ResultAnnotationsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String PREFIX = "kube-scheduler-simulator.sigs.k8s.io/";

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Recorder recorder = new Recorder();

  @BeforeEach
  void start() {
    SchedulerAlone.start(
        simulation,
        store,
        recorder,
        LatencyProfile.INSTANT,
        SchedulerConfigurationBuilder.builder(
                SchedulerConfiguration.defaults().withTies(Ties.FIRST))
            .annotateResults(true)
            .build());
  }

  private void nodes(String... nodes) {
    for (String node : nodes) {
      store.create(PluginCluster.node(node));
    }
  }

  private ImmutableMap<String, String> schedule(String pod, long untilNanos) {
    store.create(PluginCluster.pod(pod));
    while (simulation.step(untilNanos)) {}
    return annotations();
  }

  private ImmutableMap<String, String> annotations() {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", "p")).metadata().annotations();
  }

  @Test
  void ofAPodThatHasAChoice() {
    nodes("name: a", "name: b", "name: c, unschedulable: true");
    ImmutableMap<String, String> annotations = schedule("requests: {cpu: 1, memory: 2Gi}", SECOND);
    assertThat(annotations)
        .containsEntry(PREFIX + "prefilter-result", "{}")
        .containsEntry(
            PREFIX + "prefilter-result-status",
            "{\"NodeAffinity\":\"\",\"NodePorts\":\"\",\"NodeResourcesFit\":\"success\","
                + "\"VolumeRestrictions\":\"\",\"NodeVolumeLimits\":\"\",\"VolumeBinding\":\"\","
                + "\"VolumeZone\":\"\",\"PodTopologySpread\":\"\",\"InterPodAffinity\":\"\"}")
        .containsEntry(
            PREFIX + "filter-result",
            "{\"a\":{\"NodeUnschedulable\":\"passed\",\"NodeName\":\"passed\","
                + "\"TaintToleration\":\"passed\",\"NodeResourcesFit\":\"passed\"},"
                + "\"b\":{\"NodeUnschedulable\":\"passed\",\"NodeName\":\"passed\","
                + "\"TaintToleration\":\"passed\",\"NodeResourcesFit\":\"passed\"},"
                + "\"c\":{\"NodeUnschedulable\":\"node(s) were unschedulable\"}}")
        .containsEntry(PREFIX + "postfilter-result", "{}")
        .containsEntry(
            PREFIX + "prescore-result",
            "{\"TaintToleration\":\"success\",\"NodeAffinity\":\"\",\"NodeResourcesFit\":"
                + "\"success\",\"PodTopologySpread\":\"\",\"InterPodAffinity\":\"\","
                + "\"NodeResourcesBalancedAllocation\":\"success\"}")
        .containsEntry(
            PREFIX + "score-result",
            "{\"a\":{\"ImageLocality\":\"0\",\"NodeResourcesBalancedAllocation\":\"100\","
                + "\"NodeResourcesFit\":\"75\",\"TaintToleration\":\"0\"},"
                + "\"b\":{\"ImageLocality\":\"0\",\"NodeResourcesBalancedAllocation\":\"100\","
                + "\"NodeResourcesFit\":\"75\",\"TaintToleration\":\"0\"}}")
        .containsEntry(
            PREFIX + "finalscore-result",
            "{\"a\":{\"ImageLocality\":\"0\",\"NodeResourcesBalancedAllocation\":\"100\","
                + "\"NodeResourcesFit\":\"75\",\"TaintToleration\":\"300\"},"
                + "\"b\":{\"ImageLocality\":\"0\",\"NodeResourcesBalancedAllocation\":\"100\","
                + "\"NodeResourcesFit\":\"75\",\"TaintToleration\":\"300\"}}")
        .containsEntry(PREFIX + "reserve-result", "{\"VolumeBinding\":\"success\"}")
        .containsEntry(PREFIX + "permit-result", "{}")
        .containsEntry(PREFIX + "permit-result-timeout", "{}")
        .containsEntry(PREFIX + "prebind-result", "{\"VolumeBinding\":\"success\"}")
        .containsEntry(PREFIX + "bind-result", "{\"DefaultBinder\":\"success\"}")
        .containsEntry(PREFIX + "selected-node", "a")
        .hasSize(14);
  }

  @Test
  void ofAPodThatFitsOneNodeOnlyNothingIsScored() {
    nodes("name: a", "name: b");
    ImmutableMap<String, String> annotations =
        schedule(
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                + " {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values:"
                + " [b]}]}]}}}",
            SECOND);
    assertThat(annotations)
        .containsEntry(PREFIX + "prefilter-result", "{\"NodeAffinity\":[\"b\"]}")
        .containsEntry(PREFIX + "prescore-result", "{}")
        .containsEntry(PREFIX + "score-result", "{}")
        .containsEntry(PREFIX + "finalscore-result", "{}")
        .containsEntry(PREFIX + "selected-node", "b");
    assertThat(annotations.get(PREFIX + "filter-result"))
        .startsWith("{\"b\":")
        .doesNotContain("a\":{");
  }

  @Test
  void ofAPodThatPreempts() {
    nodes("name: a", "name: b, unschedulable: true");
    store.create(PluginCluster.pod("name: less, node: a, requests: {cpu: 3}"));
    store.create(PluginCluster.pod("name: p, priority: 5, requests: {cpu: 3}"));
    while (simulation.step(0)) {}
    assertThat(annotations())
        .containsEntry(
            PREFIX + "postfilter-result",
            "{\"a\":{\"DefaultPreemption\":\"preemption victim\"},\"b\":{}}")
        .containsEntry(PREFIX + "selected-node", "")
        .containsEntry(PREFIX + "reserve-result", "{}")
        .containsEntry(PREFIX + "bind-result", "{}");
  }

  @Test
  void ofAPodThatAPreFilterTurnsDown() {
    nodes("name: a");
    assertThat(schedule("volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]", SECOND))
        .containsEntry(
            PREFIX + "prefilter-result-status",
            "{\"NodeAffinity\":\"\",\"NodePorts\":\"\",\"NodeResourcesFit\":\"success\","
                + "\"VolumeRestrictions\":\"persistentvolumeclaim \\\"data\\\" not found\"}")
        .containsEntry(PREFIX + "filter-result", "{}");
  }

  /** That the annotations are written wakes nobody; a node that comes does. */
  @Test
  void historyHasEveryAttempt() throws JsonProcessingException {
    nodes("name: a");
    schedule("requests: {cpu: 5}", 60 * SECOND);
    assertThat(recorder.counter("scheduler/attempts")[0]).isEqualTo(1);
    nodes("name: b, allocatable: {cpu: 8}");
    while (simulation.step(120 * SECOND)) {}
    JsonNode history = new ObjectMapper().readTree(annotations().get(PREFIX + "result-history"));
    assertThat(history).hasSize(2);
    assertThat(history.at("/0").path(PREFIX + "filter-result").asText())
        .contains("Insufficient cpu")
        .doesNotContain("\"b\"");
    assertThat(history.at("/0").path(PREFIX + "selected-node").asText()).isEmpty();
    assertThat(history.at("/1").path(PREFIX + "selected-node").asText()).isEqualTo("b");
    assertThat(history.at("/1")).hasSize(13);
  }

  /** Other annotations stay, and leave room for as much of the history as Kubernetes allows. */
  @Test
  void historyForgetsWhatThereIsNoRoomFor() throws JsonProcessingException {
    nodes("name: a");
    schedule("requests: {cpu: 5}", SECOND);
    Pod pod = Objects.requireNonNull(store.get(Kinds.POD, "default", "p"));
    store.update(
        PodBuilder.builder(pod)
            .metadata(
                ObjectMetaBuilder.builder(pod.metadata())
                    .annotations(
                        ImmutableMap.<String, String>builder()
                            .putAll(pod.metadata().annotations())
                            .put("notes", "x".repeat(260_000))
                            .buildOrThrow())
                    .build())
            .build());
    nodes("name: b, allocatable: {cpu: 8}");
    while (simulation.step(120 * SECOND)) {}
    assertThat(annotations()).containsKey("notes").containsEntry(PREFIX + "selected-node", "b");
    List<JsonNode> history =
        ImmutableList.copyOf(
            new ObjectMapper().readTree(annotations().get(PREFIX + "result-history")));
    assertThat(history).hasSize(1);
    assertThat(history.getFirst().path(PREFIX + "selected-node").asText()).isEqualTo("b");
  }
}
