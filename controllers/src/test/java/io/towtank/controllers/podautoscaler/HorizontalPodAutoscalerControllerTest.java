package io.towtank.controllers.podautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.GenericObject;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.HorizontalPodAutoscalerStatus;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HorizontalPodAutoscalerControllerTest {
  private static final long SECOND = TestCluster.SECOND;

  /** A Deployment whose pods are there and ready as soon as they are asked for. */
  private static final class World {
    final Simulation simulation = new Simulation(1, TestCluster.EPOCH);
    final ApiStore store = new ApiStore(simulation, ImmutableList.of());
    final Recorder recorder = new Recorder();
    final Load load = new Load(simulation);
    final TreeMap<Long, Integer> replicasAt = new TreeMap<>();
    final List<ReplicaDecision> decisions = new ArrayList<>();
    private final InformerFactory informers = new InformerFactory(store, 0);

    World(int replicas) {
      this(replicas, PodAutoscalerOptions.DEFAULT);
    }

    World(int replicas, PodAutoscalerOptions options) {
      new HorizontalPodAutoscalerController(
              new ComponentContext(
                  simulation,
                  new ApiClient(
                      "horizontal-pod-autoscaler",
                      simulation,
                      store,
                      LatencyProfile.INSTANT.apiRequest(),
                      LatencyProfile.INSTANT.controllerLimits()),
                  informers,
                  simulation.random("horizontal-pod-autoscaler"),
                  recorder,
                  LatencyProfile.INSTANT,
                  load),
              options,
              decisions::add)
          .start();
      informers.start();
      store.create(
          TestCluster.read(
              """
              {'apiVersion': 'apps/v1', 'kind': 'Deployment',
               'metadata': {'name': 'web', 'namespace': 'default'},
               'spec': {'replicas': %d, 'selector': {'matchLabels': {'app': 'web'}},
                'template': {'metadata': {'labels': {'app': 'web'}}, 'spec': {'containers': [
                 {'name': 'c', 'image': 'a', 'resources': {'requests': {'cpu': '1'}}}]}}}}
              """
                  .formatted(replicas)));
      store.addCommitListener((previous, current, revision) -> {
        if (current instanceof Deployment deployment) {
          simulation.schedule(0, () -> run(replicas(deployment)));
        }
      });
      run(replicas);
    }

    private static int replicas(Deployment deployment) {
      return Objects.requireNonNull(deployment.spec().replicas());
    }

    int replicas() {
      return replicas(Objects.requireNonNull(store.get(Kinds.DEPLOYMENT, "default", "web")));
    }

    private void run(int wanted) {
      int there = store.list(Kinds.POD).size();
      replicasAt.put(simulation.nanos() / SECOND, wanted);
      load.pods = wanted;
      for (int i = there; i < wanted; i++) {
        Deployment deployment =
            Objects.requireNonNull(store.get(Kinds.DEPLOYMENT, "default", "web"));
        Pod pod =
            PodBuilder.builder()
                .metadata(
                    ObjectMetaBuilder.builder()
                        .name("web-" + i)
                        .namespace("default")
                        .labels(deployment.spec().template().metadata().labels())
                        .creationTimestamp(Timestamps.NONE)
                        .deletionTimestamp(Timestamps.NONE)
                        .build())
                .spec(deployment.spec().template().spec())
                .status(
                    PodStatusBuilder.builder()
                        .phase(PodPhase.PENDING)
                        .startTime(Timestamps.NONE)
                        .build())
                .build();
        pod = store.create(pod);
        long longAgo = TestCluster.EPOCH - 3600 * SECOND;
        store.updateStatus(
            pod.withStatus(
                PodStatusBuilder.builder()
                    .phase(PodPhase.RUNNING)
                    .startTime(longAgo)
                    .conditions(
                        ImmutableList.of(
                            PodConditionBuilder.builder()
                                .type("Ready")
                                .status(ConditionStatus.TRUE)
                                .lastProbeTime(Timestamps.NONE)
                                .lastTransitionTime(longAgo)
                                .build()))
                    .build()));
      }
      for (int i = wanted; i < there; i++) {
        store.delete(Kinds.POD, "default", "web-" + i, DeleteOptions.NOW);
      }
    }

    /** An autoscaler; the fields of its spec but for the target. */
    World with(String spec) {
      store.create(
          TestCluster.read(
              """
              {'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler',
               'metadata': {'name': 'web', 'namespace': 'default'},
               'spec': {'scaleTargetRef':
                 {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': 'web'}, %s}}
              """
                  .formatted(spec)));
      return this;
    }

    void runFor(long seconds) {
      simulation.run(new StopCondition.Time(simulation.nanos() + seconds * SECOND));
    }

    HorizontalPodAutoscalerStatus status() {
      HorizontalPodAutoscaler autoscaler =
          Objects.requireNonNull(store.get(Kinds.HORIZONTAL_POD_AUTOSCALER, "default", "web"));
      return Objects.requireNonNull(autoscaler.status());
    }

    String condition(String type) {
      for (Condition condition : status().conditions()) {
        if (condition.type().equals(type)) {
          return condition.status() + " " + condition.reason() + ": " + condition.message();
        }
      }
      return "";
    }

    long events(String reason) {
      return recorder.counter("events/horizontal-pod-autoscaler/" + reason)[0];
    }
  }

  private static String cpu(int percent) {
    return "'metrics': [{'type': 'Resource', 'resource': {'name': 'cpu', 'target':"
        + " {'type': 'Utilization', 'averageUtilization': "
        + percent
        + "}}}]";
  }

  @Test
  void followsTheLoadUpAndStaysUpForAWhile() {
    World world = new World(2).with("'minReplicas': 2, 'maxReplicas': 10, " + cpu(50));
    world.load.cpuMilli = 4000;
    world.runFor(16);

    // ceil(2 × 200 % / 50 %) = 8, but no more than twice as many, or four, at once.
    assertThat(world.replicas()).isEqualTo(4);
    assertThat(world.condition("AbleToScale"))
        .isEqualTo(
            "True SucceededRescale: the HPA controller was able to update the target scale to 4");
    assertThat(world.condition("ScalingActive"))
        .isEqualTo(
            "True ValidMetricFound: the HPA was able to successfully calculate a replica count"
                + " from cpu resource utilization (percentage of request)");
    assertThat(world.condition("ScalingLimited"))
        .isEqualTo(
            "True ScaleUpLimit: the desired replica count is increasing faster than the maximum"
                + " scale rate");
    assertThat(Objects.requireNonNull(world.status().currentMetrics().get(0).resource()).current())
        .satisfies(current -> {
          assertThat(current.averageUtilization()).isEqualTo(200);
          assertThat(Objects.requireNonNull(current.averageValue()).toString()).isEqualTo("2");
        });
    assertThat(world.status().currentReplicas()).isEqualTo(2);
    assertThat(world.status().desiredReplicas()).isEqualTo(4);

    world.runFor(30);
    assertThat(world.replicas()).isEqualTo(8);
    assertThat(world.events("SuccessfulRescale")).isEqualTo(2);

    world.load.cpuMilli = 1000;
    world.runFor(280);
    assertThat(world.replicas()).isEqualTo(8);
    assertThat(world.condition("AbleToScale")).startsWith("True ScaleDownStabilized");
    world.runFor(40);
    assertThat(world.replicas()).isEqualTo(2);
  }

  @Test
  void aContentAutoscalerDoesNotKeepARunGoing() {
    World world = new World(2).with("'minReplicas': 2, 'maxReplicas': 10, " + cpu(50));
    world.load.cpuMilli = 1000;
    StopCondition met =
        world.simulation.run(new StopCondition.Idle(), new StopCondition.Time(3600 * SECOND));

    assertThat(met).isInstanceOf(StopCondition.Idle.class);
    assertThat(world.simulation.nanos()).isBetween(15 * SECOND, 60 * SECOND);
    assertThat(world.status().currentReplicas()).isEqualTo(2);
  }

  @Test
  void withoutMetricsNothingIsDone() {
    World world = new World(3).with("'minReplicas': 1, 'maxReplicas': 10, " + cpu(50));
    world.runFor(20);

    assertThat(world.replicas()).isEqualTo(3);
    assertThat(world.condition("ScalingActive"))
        .isEqualTo(
            "False FailedGetResourceMetric: the HPA was unable to compute the replica count:"
                + " failed to get cpu utilization: unable to get metrics for resource cpu: no"
                + " metrics returned from resource metrics API");
    assertThat(world.events("FailedGetResourceMetric")).isEqualTo(1);
    assertThat(world.events("FailedComputeMetricsReplicas")).isEqualTo(1);
  }

  @Test
  void aMetricThatFailsForbidsToScaleDownOnly() {
    String external =
        "'metrics': [{'type': 'External', 'external': {'metric': {'name': 'queue'}, 'target':"
            + " {'type': 'AverageValue', 'averageValue': '10'}}}, {'type': 'Resource', 'resource':"
            + " {'name': 'cpu', 'target': {'type': 'Utilization', 'averageUtilization': 50}}}]";
    World world = new World(4).with("'minReplicas': 1, 'maxReplicas': 20, " + external);
    world.load.cpuMilli = 200;
    world.runFor(400);
    assertThat(world.replicas()).isEqualTo(4);
    assertThat(world.condition("ScalingActive")).startsWith("False FailedGetExternalMetric");

    world.load.cpuMilli = 4000;
    world.runFor(20);
    assertThat(world.replicas()).isEqualTo(8);
    assertThat(world.condition("ScalingActive")).startsWith("True ValidMetricFound");
  }

  @Test
  void aQueueBringsAWorkloadBackFromNone() {
    World world =
        new World(0)
            .with(
                "'minReplicas': 0, 'maxReplicas': 20, 'metrics': [{'type': 'External', 'external':"
                    + " {'metric': {'name': 'queue'}, 'target': {'type': 'Value', 'value':"
                    + " '30'}}}]");
    world.load.queueMilli = 0;
    world.runFor(20);
    assertThat(world.replicas()).isZero();
    world.load.queueMilli = 100_000;
    world.runFor(15);
    assertThat(world.replicas()).isEqualTo(4);
  }

  @Test
  void aWorkloadThatIsSwitchedOffStaysSo() {
    World world = new World(0).with("'minReplicas': 2, 'maxReplicas': 10, " + cpu(50));
    world.runFor(20);
    assertThat(world.replicas()).isZero();
    assertThat(world.condition("ScalingActive"))
        .isEqualTo(
            "False ScalingDisabled: scaling is disabled since the replica count of the target is"
                + " zero");
  }

  @Test
  void boundsCountWithoutMetrics() {
    World world = new World(1).with("'minReplicas': 3, 'maxReplicas': 10, " + cpu(50));
    world.runFor(16);
    assertThat(world.replicas()).isEqualTo(3);
    assertThat(world.events("SuccessfulRescale")).isEqualTo(1);
  }

  @Test
  void anObjectsMetricIsSharedByThePods() {
    World world =
        new World(2)
            .with(
                "'minReplicas': 1, 'maxReplicas': 20, 'metrics': [{'type': 'Object', 'object':"
                    + " {'metric': {'name': 'requests'}, 'describedObject': {'apiVersion': 'v1',"
                    + " 'kind': 'Service', 'name': 'web'}, 'target': {'type': 'Value', 'value':"
                    + " '100'}}}]");
    world.load.queueMilli = 140_000;
    world.runFor(16);
    assertThat(world.replicas()).isEqualTo(3);
  }

  @Test
  void anObjectsMetricThatNobodyServesIsTold() {
    World world =
        new World(2)
            .with(
                "'minReplicas': 1, 'maxReplicas': 20, 'metrics': [{'type': 'Object', 'object':"
                    + " {'metric': {'name': 'requests'}, 'describedObject': {'apiVersion':"
                    + " 'networking.k8s.io/v1', 'kind': 'Ingress', 'name': 'web'}, 'target':"
                    + " {'type': 'Value', 'value': '100'}}}]");
    world.load.queueMilli = 100_000;
    world.runFor(16);
    assertThat(world.status().currentMetrics()).hasSize(1);
    world.load.queueMilli = -1;
    world.runFor(15);
    assertThat(world.condition("ScalingActive"))
        .isEqualTo(
            "False FailedGetObjectMetric: the HPA was unable to compute the replica count: unable"
                + " to get metric requests: Ingress on default web/unable to fetch metrics from"
                + " custom metrics API: the server could not find the metric requests for"
                + " ingresses.networking.k8s.io web");
    assertThat(world.status().currentMetrics())
        .singleElement()
        .satisfies(metric ->
            assertThat(Objects.requireNonNull(metric.object()).current().value())
                .hasToString("100"));
    assertThat(world.events("FailedGetObjectMetric")).isEqualTo(1);
    assertThat(world.events("FailedComputeMetricsReplicas")).isEqualTo(1);
  }

  @Test
  void tellsByWhichNumbersItDecided() {
    World world =
        new World(2)
            .with(
                "'minReplicas': 1, 'maxReplicas': 6, 'metrics': [{'type': 'Resource', 'resource':"
                    + " {'name': 'cpu', 'target': {'type': 'Utilization', 'averageUtilization':"
                    + " 50}}}, {'type': 'External', 'external': {'metric': {'name': 'queue'},"
                    + " 'target': {'type': 'AverageValue', 'averageValue': '30'}}}]");
    world.load.cpuMilli = 8000;
    world.load.queueMilli = 150_000;
    world.runFor(31);
    assertThat(world.decisions.get(0))
        .isEqualTo(
            new ReplicaDecision(
                15 * SECOND,
                new ObjectKey("default", "web"),
                "Deployment/web",
                2,
                ImmutableList.of(
                    new ReplicaDecision.Metric("Resource", "cpu", true, 400, 50, 16, ""),
                    // All of it: the Deployment's status tells of no replicas to share it.
                    new ReplicaDecision.Metric("External", "queue", false, 150, 30, 5, "")),
                16,
                4,
                "cpu resource utilization (percentage of request) above target",
                "",
                "ScaleUpLimit",
                ""));
    assertThat(world.decisions.get(1).limited()).isEqualTo("TooManyReplicas");
    assertThat(world.decisions.get(1).desired()).isEqualTo(6);

    world.load.cpuMilli = 100;
    world.load.queueMilli = 0;
    world.runFor(15);
    assertThat(world.decisions.get(2).held()).isEqualTo("ScaleDownStabilized");
    assertThat(world.decisions.get(2).changes()).isFalse();

    world.load.queueMilli = -1;
    world.runFor(15);
    ReplicaDecision failed = world.decisions.get(3);
    assertThat(failed.metrics().get(0).problem()).isEmpty();
    assertThat(failed.metrics().get(1).problem())
        .isEqualTo(
            "unable to get external metric default/queue/nil: no metrics returned from external"
                + " metrics API");
    assertThat(failed.problem()).startsWith("invalid metrics (1 invalid out of 2), first error is");
    assertThat(failed.changes()).isFalse();
  }

  @Test
  void anUnknownTargetIsTold() {
    World world = new World(1);
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler',
             'metadata': {'name': 'web', 'namespace': 'default'},
             'spec': {'maxReplicas': 3, 'scaleTargetRef':
               {'apiVersion': 'extensions/v1beta1', 'kind': 'Deployment', 'name': 'web'}}}
            """));
    world.runFor(16);
    assertThat(world.condition("AbleToScale"))
        .isEqualTo(
            "False FailedGetScale: the HPA controller was unable to get the target's current"
                + " scale: no matches for kind \"Deployment\" in group \"extensions\"");
  }

  @Test
  void aCustomResourceIsScaledWhereItsDefinitionSays() {
    World world = new World(4);
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
             'metadata': {'name': 'fleets.example.com'},
             'spec': {'group': 'example.com', 'names': {'kind': 'Fleet', 'plural': 'fleets'},
              'scope': 'Namespaced', 'versions': [
               {'name': 'v1', 'served': true, 'storage': true, 'subresources': {'scale': {
                'specReplicasPath': '.spec.size.ships', 'statusReplicasPath': '.status.ships',
                'labelSelectorPath': '.status.pods'}}}]}}
            """));
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'example.com/v1', 'kind': 'Fleet',
             'metadata': {'name': 'armada', 'namespace': 'default'},
             'spec': {'size': {'ships': 4}}, 'status': {'ships': 4, 'pods': 'app=web'}}
            """));
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler',
             'metadata': {'name': 'web', 'namespace': 'default'},
             'spec': {'minReplicas': 1, 'maxReplicas': 20, 'scaleTargetRef':
               {'apiVersion': 'example.com/v1', 'kind': 'Fleet', 'name': 'armada'}, %s}}
            """
                .formatted(cpu(50))));
    world.load.cpuMilli = 3000;
    world.runFor(16);
    GenericObject fleet =
        Objects.requireNonNull(
            world.store.get(Kinds.generic("example.com/v1", "Fleet"), "default", "armada"));
    // ceil(4 × 75 % / 50 %)
    assertThat(fleet.content().get("spec")).hasToString("{\"size\":{\"ships\":6}}");
    assertThat(world.condition("AbleToScale"))
        .isEqualTo(
            "True SucceededRescale: the HPA controller was able to update the target scale to 6");
  }

  @Test
  void twoAutoscalersOfTheSamePodsScaleNothing() {
    World world = new World(2).with("'minReplicas': 1, 'maxReplicas': 10, " + cpu(50));
    world.load.cpuMilli = 8000;
    world.store.create(
        TestCluster.read(
            """
            {'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler',
             'metadata': {'name': 'again', 'namespace': 'default'},
             'spec': {'maxReplicas': 3, 'scaleTargetRef':
               {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': 'web'}, %s}}
            """
                .formatted(cpu(50))));
    world.runFor(60);
    assertThat(world.condition("ScalingActive"))
        .isEqualTo(
            "False AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs:"
                + " [default/again default/web]");
  }

  @ParameterizedTest
  @CsvSource({"true, 10, 14", "false, 12, 14"})
  void aToleranceOfItsOwnCountsForItsDirectionWhereTheGateIsOn(
      boolean on, int at60Percent, int at70Percent) {
    World world =
        new World(
                10,
                PodAutoscalerOptionsBuilder.builder(PodAutoscalerOptions.DEFAULT)
                    .configurableTolerance(on)
                    .build())
            .with(
                "'minReplicas': 1, 'maxReplicas': 20, "
                    + cpu(50)
                    + ", 'behavior': {'scaleUp': {'stabilizationWindowSeconds': 0, 'selectPolicy':"
                    + " 'Max', 'tolerance': '0.3', 'policies': [{'type': 'Percent', 'value': 100,"
                    + " 'periodSeconds': 15}]}, 'scaleDown': {'selectPolicy': 'Max', 'policies':"
                    + " [{'type': 'Percent', 'value': 100, 'periodSeconds': 15}]}}");
    world.load.cpuMilli = 6000;
    world.runFor(60);
    assertThat(world.replicas()).isEqualTo(at60Percent);
    world.load.cpuMilli = 7000;
    world.runFor(15);
    assertThat(world.replicas()).isEqualTo(at70Percent);
  }

  @Test
  void staysWithinItsBoundsAndItsPolicies() {
    Seeds.forEach(40, HorizontalPodAutoscalerControllerTest::wander);
  }

  private static void wander(Random random) {
    int min = 1 + random.nextInt(5);
    int max = min + random.nextInt(40);
    int upPods = 1 + random.nextInt(6);
    int upSeconds = 15 * (1 + random.nextInt(8));
    int downPercent = 1 + random.nextInt(60);
    int downSeconds = 15 * (1 + random.nextInt(8));
    World world =
        new World(min + random.nextInt(max - min + 1))
            .with(
                "'minReplicas': %d, 'maxReplicas': %d, %s, 'behavior': {"
                        .formatted(min, max, cpu(50))
                    + "'scaleUp': {'stabilizationWindowSeconds': %d, 'selectPolicy': 'Max',"
                        .formatted(30 * random.nextInt(4))
                    + "'policies': [{'type': 'Pods', 'value': %d, 'periodSeconds': %d}]},"
                        .formatted(upPods, upSeconds)
                    + "'scaleDown': {'stabilizationWindowSeconds': %d, 'selectPolicy': 'Min',"
                        .formatted(60 * random.nextInt(4))
                    + "'policies': [{'type': 'Percent', 'value': %d, 'periodSeconds': %d}]}}"
                        .formatted(downPercent, downSeconds));
    for (int i = 0; i < 60; i++) {
      world.load.cpuMilli = random.nextInt(40_000);
      world.runFor(5 + random.nextInt(120));
    }
    List<Long> times = new ArrayList<>(world.replicasAt.keySet());
    for (long time : times) {
      int now = Objects.requireNonNull(world.replicasAt.get(time));
      assertThat(now).isBetween(min, max);
      // Within a policy's period no more comes, or goes, than it allows, whatever else happened.
      int lowest = now;
      int highest = now;
      for (int earlier :
          world.replicasAt.subMap(Math.max(0, time - upSeconds + 1), time).values()) {
        lowest = Math.min(lowest, earlier);
      }
      assertThat(now - lowest)
          .as("%d at %d s: %s, %d in %d s", now, time, world.replicasAt, upPods, upSeconds)
          .isLessThanOrEqualTo(upPods + lost(world, time, upSeconds));
      for (int earlier :
          world.replicasAt.subMap(Math.max(0, time - downSeconds + 1), time).values()) {
        highest = Math.max(highest, earlier);
      }
      assertThat((double) (highest - now))
          .as("%d at %d s: %s, %d%% in %d s", now, time, world.replicasAt, downPercent, downSeconds)
          .isLessThanOrEqualTo(
              Math.ceil(highest * downPercent / 100.0) + gained(world, time, downSeconds));
    }
    assertThat(world.events("SuccessfulRescale")).isPositive();
  }

  private static int lost(World world, long time, int seconds) {
    return turned(world, time, seconds, -1);
  }

  private static int gained(World world, long time, int seconds) {
    return turned(world, time, seconds, 1);
  }

  /** By how much the replicas went in a direction within a time. */
  private static int turned(World world, long time, int seconds, int direction) {
    int sum = 0;
    Map.Entry<Long, Integer> before = world.replicasAt.lowerEntry(Math.max(0, time - seconds));
    Integer last = before == null ? null : before.getValue();
    for (int replicas :
        world.replicasAt.subMap(Math.max(0, time - seconds), true, time, true).values()) {
      if (last != null && (replicas - last) * direction > 0) {
        sum += Math.abs(replicas - last);
      }
      last = replicas;
    }
    return sum;
  }
}
