package io.towtank.controllers.verticalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStateTerminatedBuilder;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.codec.ObjectCodec;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.metrics.MetricsApi;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerticalPodAutoscalerRecommenderTest {
  private static final long MINUTE = 60 * TestCluster.SECOND;

  private final Simulation simulation = new Simulation(1, TestCluster.EPOCH);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Recorder recorder = new Recorder();
  private long milliCpu = 300;
  private long bytes = 500_000_000;

  private final MetricsApi metrics =
      new MetricsApi() {
        @Override
        public @Nullable Sample resource(Pod pod, String resource, @Nullable String container) {
          long milli = resource.equals("cpu") ? milliCpu : bytes * 1000;
          return new Sample(milli, simulation.epochNanos(), 15 * TestCluster.SECOND);
        }
      };

  private InformerFactory informers = start(simulation);

  private InformerFactory start(Simulation process) {
    InformerFactory informers = new InformerFactory(store, 0);
    new VerticalPodAutoscalerRecommender(
            new ComponentContext(
                process,
                new ApiClient(
                    "vpa-recommender",
                    process,
                    store,
                    LatencyProfile.INSTANT.apiRequest(),
                    LatencyProfile.INSTANT.controllerLimits()),
                informers,
                simulation.random("vpa-recommender"),
                recorder,
                LatencyProfile.INSTANT,
                metrics))
        .start();
    informers.start();
    return informers;
  }

  private JsonNode checkpoint(String name) {
    GenericObject checkpoint = store.get(Checkpoints.KIND, "default", name);
    return checkpoint == null ? MissingNode.getInstance() : ObjectCodec.write(checkpoint);
  }

  private void workload(String owners) {
    store.create(
        TestCluster.read(
            """
            {'apiVersion': 'apps/v1', 'kind': 'StatefulSet',
             'metadata': {'name': 'web', 'namespace': 'default', 'ownerReferences': [%s]},
             'spec': {'selector': {'matchLabels': {'app': 'web'}}, 'serviceName': 'web',
              'template': {'metadata': {'labels': {'app': 'web'}}, 'spec': {'containers': [
               {'name': 'app', 'image': 'a'}]}}}}
            """
                .formatted(owners)));
  }

  private Pod pod(String name) {
    Pod pod =
        store.create(
            (Pod)
                TestCluster.read(
                    """
                    {'apiVersion': 'v1', 'kind': 'Pod',
                     'metadata': {'name': '%s', 'namespace': 'default', 'labels': {'app': 'web'}},
                     'spec': {'containers': [{'name': 'app', 'image': 'a',
                      'resources': {'requests': {'cpu': '1', 'memory': '1Gi'}}}]}}
                    """
                        .formatted(name)));
    return store.updateStatus(
        pod.withStatus(PodStatusBuilder.builder(pod.status()).phase(PodPhase.RUNNING).build()));
  }

  private void autoscaler(String spec) {
    store.create(
        TestCluster.read(
            """
            {'apiVersion': 'autoscaling.k8s.io/v1', 'kind': 'VerticalPodAutoscaler',
             'metadata': {'name': 'web', 'namespace': 'default'}, 'spec': {%s}}
            """
                .formatted(spec)));
  }

  private static final String WEB =
      "'targetRef': {'apiVersion': 'apps/v1', 'kind': 'StatefulSet', 'name': 'web'}";

  private JsonNode status() {
    GenericObject autoscaler =
        Objects.requireNonNull(store.get(Kinds.VERTICAL_POD_AUTOSCALER, "default", "web"));
    JsonNode status = autoscaler.content().get("status");
    return status == null ? MissingNode.getInstance() : status;
  }

  private void run(long nanos) {
    simulation.run(new StopCondition.Time(simulation.nanos() + nanos));
  }

  private String conditions() {
    StringBuilder text = new StringBuilder();
    for (JsonNode condition : status().path("conditions")) {
      text.append(condition.path("type").asText())
          .append('=')
          .append(condition.path("status").asText())
          .append(' ');
    }
    return text.toString().strip();
  }

  private String target(String resource) {
    return status().at("/recommendation/containerRecommendations/0/target/" + resource).asText();
  }

  @Test
  void recommendsForThePodsOfItsTarget() {
    workload("");
    pod("web-0");
    pod("web-1");
    autoscaler(WEB);

    run(MINUTE);
    assertThat(conditions()).isEqualTo("RecommendationProvided=True");
    assertThat(status().at("/recommendation/containerRecommendations/0/containerName").asText())
        .isEqualTo("app");
    assertThat(target("cpu")).isEqualTo("350m");
    assertThat(target("memory")).isEqualTo("587804717");

    // Two samples a minute, over a day: what is known is bounded by the time.
    run(24 * 60 * MINUTE);
    assertThat(status().at("/recommendation/containerRecommendations/0/upperBound/cpu").asText())
        .isEqualTo("700m");
  }

  @Test
  void followsWhatIsUsedAndKeepsWhatItLearntOfPodsThatAreGone() {
    workload("");
    pod("web-0");
    autoscaler(WEB);
    run(60 * MINUTE);
    store.delete(Kinds.POD, "default", "web-0", DeleteOptions.NOW);
    milliCpu = 600;
    run(MINUTE);
    assertThat(conditions()).isEqualTo("NoPodsMatched=True RecommendationProvided=True");
    assertThat(target("cpu")).isEqualTo("350m");

    pod("web-0");
    run(60 * MINUTE);
    assertThat(conditions()).isEqualTo("RecommendationProvided=True");
    assertThat(target("cpu")).isEqualTo("716m");
  }

  @Test
  void writesDownWhatItHasLearnt() {
    workload("");
    pod("web-0");
    autoscaler(WEB);
    run(3 * MINUTE);
    JsonNode checkpoint = checkpoint("web-app");
    assertThat(checkpoint.path("spec"))
        .hasToString("{\"containerName\":\"app\",\"vpaObjectName\":\"web\"}");
    JsonNode status = checkpoint.path("status");
    // Three samples of 300m; the present day's peak of memory is left out, since it is found again.
    assertThat(status.at("/cpuHistogram/bucketWeights")).hasToString("{\"18\":10000}");
    assertThat(status.at("/memoryHistogram/bucketWeights")).hasToString("{}");
    assertThat(status.path("totalSamplesCount").asInt()).isEqualTo(3);
    assertThat(status.path("version").asText()).isEqualTo("v3");
    assertThat(status.path("firstSampleStart").asText()).isEqualTo("2026-01-01T00:01:00Z");
    assertThat(status.path("lastSampleStart").asText()).isEqualTo("2026-01-01T00:03:00Z");
    assertThat(status.path("lastUpdateTime").asText()).isEqualTo("2026-01-01T00:03:00Z");
    assertThat(status.at("/cpuHistogram/referenceTimestamp").asText())
        .isEqualTo("2026-01-01T00:00:00Z");

    run(24 * 60 * MINUTE);
    assertThat(checkpoint("web-app").at("/status/memoryHistogram/bucketWeights").size())
        .isEqualTo(1);
  }

  @Test
  void oneThatIsStartedAnewKnowsWhatWasWrittenDown() {
    Simulation first = simulation.process();
    informers.stop();
    informers = start(first);
    workload("");
    pod("web-0");
    autoscaler(WEB);
    run(24 * 60 * MINUTE);
    milliCpu = 100;
    run(60 * MINUTE);
    JsonNode before = status().at("/recommendation/containerRecommendations/0");
    assertThat(before.at("/target/cpu").asText()).isEqualTo("350m");
    first.endProcess();
    informers.stop();
    informers = start(simulation.process());
    run(MINUTE);
    JsonNode after = status().at("/recommendation/containerRecommendations/0");
    assertThat(after.path("target")).isEqualTo(before.path("target"));
    // As sure of it as before: upper bounds of one sample would be hundreds of times as much.
    assertThat(after.at("/upperBound/cpu")).isEqualTo(before.at("/upperBound/cpu"));
    assertThat(after.at("/upperBound/memory").asDouble())
        .isCloseTo(before.at("/upperBound/memory").asDouble(), withPercentage(0.1));
    assertThat(checkpoint("web-app").at("/status/totalSamplesCount").asInt())
        .isEqualTo(25 * 60 + 1);
  }

  @Test
  void checkpointsOfARealClusterAreABeginningAndThoseOfOtherTimesAreNone() {
    workload("");
    pod("web-0");
    autoscaler(WEB);
    String checkpoint =
        """
        {'apiVersion': 'autoscaling.k8s.io/v1', 'kind': 'VerticalPodAutoscalerCheckpoint',
         'metadata': {'name': 'web-%1$s', 'namespace': 'default'},
         'spec': {'containerName': '%1$s', 'vpaObjectName': 'web'},
         'status': {'version': '%2$s', 'totalSamplesCount': 20000, 'lastUpdateTime': null,
          'firstSampleStart': '2025-12-20T00:00:00Z', 'lastSampleStart': '2025-12-31T23:59:00Z',
          'cpuHistogram': {'referenceTimestamp': '2025-12-31T00:00:00Z', 'totalWeight': 1000,
           'bucketWeights': {'10': 10000, '40': 2500}},
          'memoryHistogram': {'referenceTimestamp': '2025-12-31T00:00:00Z', 'totalWeight': 8,
           'bucketWeights': {'60': 10000}}}}
        """;
    store.create(TestCluster.read(checkpoint.formatted("app", "v3")));
    store.create(TestCluster.read(checkpoint.formatted("old", "v2")));
    run(MINUTE);
    // A fifth of all weight is in bucket 40, which ends at 1.2784 cores, and a margin of 15 %.
    assertThat(target("cpu")).isEqualTo("1469m");
    assertThat(status().at("/recommendation/containerRecommendations").size()).isEqualTo(1);
    assertThat(recorder.counter("events/vpa-recommender/CheckpointNotLoaded")[0]).isEqualTo(1);
  }

  @Test
  void checkpointsOfAutoscalersThatAreGoneGoWithinTenMinutes() {
    workload("");
    pod("web-0");
    autoscaler(WEB);
    run(3 * MINUTE);
    store.delete(Kinds.VERTICAL_POD_AUTOSCALER, "default", "web", DeleteOptions.NOW);
    run(6 * MINUTE);
    assertThat(checkpoint("web-app").isMissingNode()).isFalse();
    run(5 * MINUTE);
    assertThat(checkpoint("web-app").isMissingNode()).isTrue();
    assertThat(recorder.counter("vpa-recommender/checkpointsDeleted")[0]).isEqualTo(1);
  }

  @Test
  void callsForMoreWhereAContainerWasKilledForWantOfMemory() {
    workload("");
    Pod pod = pod("web-0");
    pod = with(pod, 0, false);
    autoscaler(WEB);
    run(MINUTE);
    assertThat(target("memory")).isEqualTo("587804717");

    with(pod, 1, true);
    run(MINUTE);
    // A fifth more than the 1Gi that it requests, and the margin.
    assertThat(target("memory")).isEqualTo("1555165137");
  }

  private Pod with(Pod pod, int restarts, boolean killed) {
    ContainerState ended =
        new ContainerState(
            null,
            null,
            ContainerStateTerminatedBuilder.builder()
                .reason("OOMKilled")
                .finishedAt(simulation.epochNanos())
                .build(),
            Fields.NONE);
    return store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .containerStatuses(
                    ImmutableList.of(
                        ContainerStatusBuilder.builder()
                            .name("app")
                            .restartCount(restarts)
                            .state(
                                new ContainerState(
                                    null,
                                    new ContainerStateRunning(simulation.epochNanos(), Fields.NONE),
                                    null,
                                    Fields.NONE))
                            .lastState(killed ? ended : null)
                            .build()))
                .build()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'targetRef': {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': 'shop'}"
            + " | Cannot read targetRef. Reason: Deployment default/shop does not exist",
        "'updatePolicy': {} | Cannot read targetRef. Reason: targetRef not defined. If this is a"
            + " v1beta1 object, switch to v1.",
        "'targetRef': {'apiVersion': 'v1', 'kind': 'Pod', 'name': 'web-0'}"
            + " | Cannot read targetRef. Reason: Unhandled targetRef v1 / Pod / web-0, last error"
            + " the server could not find the requested resource",
        "'targetRef': {'apiVersion': 'farm.org/v1', 'kind': 'Herd', 'name': 'h'}"
            + " | Cannot read targetRef. Reason: Unhandled targetRef farm.org/v1 / Herd / h, last"
            + " error Internal error occurred: the spec replicas field \".spec.cows\" does not"
            + " exist",
        "'targetRef': {'apiVersion': 'apps/v1', 'kind': 'StatefulSet', 'name': 'web'}"
            + " | The target apps/v1.StatefulSet/web has a parent controller but it should point to"
            + " a topmost well-known or scalable controller"
      },
      quoteCharacter = '~')
  void saysWhatItCannotHandle(String spec, String message) {
    workload(
        "{'apiVersion': 'a/v1', 'kind': 'Parent', 'name': 'p', 'uid': 'u', 'controller': true}");
    pod("web-0");
    store.create(
        TestCluster.read(
            """
            {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
             'metadata': {'name': 'herds.farm.org'},
             'spec': {'group': 'farm.org', 'names': {'kind': 'Herd', 'plural': 'herds'},
              'scope': 'Namespaced', 'versions': [{'name': 'v1', 'subresources': {'scale': {
                'specReplicasPath': '.spec.cows', 'statusReplicasPath': '.status.cows'}}}]}}
            """));
    store.create(
        TestCluster.read(
            """
            {'apiVersion': 'farm.org/v1', 'kind': 'Herd',
             'metadata': {'name': 'h', 'namespace': 'default'}, 'spec': {}}
            """));
    autoscaler(spec);
    run(MINUTE);
    assertThat(conditions())
        .isEqualTo("ConfigUnsupported=True NoPodsMatched=True RecommendationProvided=False");
    assertThat(status().at("/conditions/0/message").asText()).isEqualTo(message);
    assertThat(status().at("/conditions/2/reason").asText()).isEqualTo("NoPodsMatched");
  }

  @Test
  void leavesAutoscalersOfOtherRecommendersAlone() {
    workload("");
    pod("web-0");
    autoscaler(WEB + ", 'recommenders': [{'name': 'ours'}]");
    run(5 * MINUTE);
    assertThat(status().isEmpty()).isTrue();
    assertThat(recorder.counters().get("vpa-recommender/rounds")).isZero();
  }

  @Test
  void isHeldAgainstWhatPodsRequest() {
    workload("");
    pod("web-0");
    pod("web-1");
    autoscaler(WEB);
    assertThat(Recommended.in(store)).isEmpty();
    run(24 * 60 * MINUTE);

    assertThat(Recommended.in(store)).hasSize(1);
    Recommended app = Recommended.in(store).getFirst();
    assertThat(app.autoscaler()).hasToString("default/web");
    assertThat(app.container()).isEqualTo("app");
    assertThat(app.pods()).isEqualTo(2);
    assertThat(app.resources().get("cpu")).isEqualTo(new Recommended.Amounts(2000, 350, 349, 700));
    assertThat(app.savedMilli("cpu")).isEqualTo(1300);
    assertThat(app.savedMilli("memory")).isEqualTo(2000 * ((1L << 30) - 587_804_717));
    assertThat(app.savedMilli("nvidia.com/gpu")).isZero();
  }

  @Test
  void keepsNoRunFromEnding() {
    workload("");
    pod("web-0");
    autoscaler(WEB);
    simulation.run(new StopCondition.Idle());
    assertThat(conditions()).isEqualTo("RecommendationProvided=True");
    assertThat(simulation.nanos()).isLessThanOrEqualTo(2 * MINUTE);
  }
}
