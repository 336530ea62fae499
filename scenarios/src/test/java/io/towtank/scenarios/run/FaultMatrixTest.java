package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.scenarios.language.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault on every kind of workload: while the fault is there the workload is changed, then the
 * fault is healed, and when nothing is going on any more all invariants hold and the workload is as
 * it is asked to be. The same happens when it is run again.
 */
class FaultMatrixTest {
  private static final Path MANIFESTS =
      Path.of("src", "test", "resources", "io", "towtank", "scenarios", "run").toAbsolutePath();

  @TempDir private static Path directory;

  /** What is wrong from 2m on, for 10m or less. */
  private static final ImmutableMap<String, String> FAULTS =
      ImmutableMap.<String, String>builder()
          .put("node crash", "failNodes: {count: 2, for: 10m}")
          .put("kernel hang", "hangNodes: {count: 2, for: 8m}")
          .put("zone outage", "failNodes: {zone: zone-1, for: 9m}")
          .put("partition", "partitionNodes: {count: 2, for: 7m}")
          .put("short partition", "partitionNodes: {count: 50%, for: 45s}")
          .put("slow disk", "slowDisks: {count: 3, factor: 20, for: 5m}")
          .put("clock back", "skewClocks: {count: 3, by: -5m, for: 10m}")
          .put("clock forward", "skewClocks: {count: 3, by: 10m, for: 4m}")
          .put(
              "broken devices",
              "failDevices: {count: 4, resource: example.com/card, devices: 3, for: 6m}")
          .put("shutdown", "shutDownNodes: {count: 2, for: 9m}")
          .put("slow API", "slowApi: {factor: 50, delay: 200ms, for: 5m}")
          .put("API errors", "failApi: {rate: 40%, for: 5m}")
          .put("API down", "failApi: {rate: 100%, error: ServerTimeout, for: 3m}")
          .put(
              "conflicts",
              "failApi: {rate: 60%, error: Conflict, verbs: [update, patch, create], for: 5m}")
          .put("lost watches", "loseWatches: {for: 3m}")
          .put(
              "lost pod watches",
              "loseWatches: {components: [kube-controller-manager], kinds: [pods], for: 4m}")
          .put("registry outage", "failRegistry: {for: 6m}")
          .put(
              "crash storm", "crashContainers: {target: pods/*, rate: 1/m, exitCode: 137, for: 5m}")
          .put("scheduler down", "stopComponents: {components: [kube-scheduler], for: 5m}")
          .put(
              "controllers down",
              "stopComponents: {components: [kube-controller-manager], for: 8m}")
          .put(
              "control plane down",
              "stopComponents: {components: [kube-scheduler, kube-controller-manager], for: 3m}")
          .buildOrThrow();

  /**
   * A kind of workload.
   *
   * @param manifest the file that it is in
   * @param pool what its nodes have besides
   * @param timeline what is done to it while the fault is there, and after
   * @param expectation what is true of it in the end
   */
  private record Workload(String manifest, String pool, String timeline, String expectation) {
    Workload(String manifest, String timeline, String expectation) {
      this(manifest, "", timeline, expectation);
    }
  }

  private static final ImmutableMap<String, Workload> WORKLOADS =
      ImmutableMap.<String, Workload>builder()
          .put(
              "Deployment",
              new Workload(
                  "deployment.yaml",
                  "- {at: 150s, setImage: {target: deployment/web, image: \"web:2\"}}",
                  "get(deployment/web, status.updatedReplicas) == 6"
                      + " and get(deployment/web, status.readyReplicas) == 6"))
          .put(
              "StatefulSet",
              new Workload(
                  "statefulset.yaml",
                  "- {at: 150s, scale: {target: statefulset/web, replicas: 5}}",
                  "get(statefulset/web, status.readyReplicas) == 5 and count(pods) == 5"))
          .put(
              "DaemonSet",
              new Workload(
                  "daemonset.yaml",
                  "- {at: 150s, rolloutRestart: {target: daemonset/web}}",
                  "get(daemonset/web, status.numberReady) == 6"
                      + " and get(daemonset/web, status.updatedNumberScheduled) == 6"))
          .put(
              "Job",
              new Workload(
                  "job.yaml",
                  "- {at: 150s, delete: {target: pods/sums-*}}",
                  "get(job/sums, status.succeeded) == 12 and pods.running == 0"))
          .put(
              "CronJob",
              new Workload(
                  "cronjob.yaml",
                  "- {at: 150s, delete: {target: jobs/*}}\n"
                      + "- {at: 25m, apply: %s/cronjob-suspended.yaml}".formatted(MANIFESTS),
                  "pods.running == 0 and count(jobs) <= 4 and pods.created > 12"))
          .put(
              "ReplicaSet",
              new Workload(
                  "replicaset.yaml",
                  "- {at: 150s, scale: {target: replicaset/web, replicas: 7}}",
                  "get(replicaset/web, status.readyReplicas) == 7"))
          .put(
              "Service",
              new Workload(
                  "service.yaml",
                  "- {at: 150s, drainNodes: {count: 1}}",
                  "get(deployment/web, status.readyReplicas) == 4"
                      + " and get(pdb/web, status.currentHealthy) == 4"))
          .put(
              "pods with devices",
              new Workload(
                  "devices.yaml",
                  ", template: {capacity: {cpu: 32, memory: 256Gi, pods: 110, example.com/card:"
                      + " 4}}",
                  "- {at: 150s, rolloutRestart: {target: deployment/training}}",
                  "get(deployment/training, status.updatedReplicas) == 6"
                      + " and get(deployment/training, status.readyReplicas) == 6"))
          .put(
              "pods with disks",
              new Workload(
                  "volumes.yaml",
                  "- {at: 150s, scale: {target: statefulset/db, replicas: 4}}",
                  "get(statefulset/db, status.readyReplicas) == 4 and count(persistentvolumes) =="
                      + " 4"))
          .put(
              "static pods",
              new Workload(
                  "none.yaml",
                  ", staticPods: %s/static.yaml".formatted(MANIFESTS),
                  "- {at: 150s, delete: {target: pods/agent-*, namespace: kube-system}}",
                  "pods.ready == 6 and count(pods) == 6"))
          .buildOrThrow();

  static Stream<Arguments> matrix() {
    List<Arguments> cases = new ArrayList<>();
    for (Map.Entry<String, String> fault : FAULTS.entrySet()) {
      for (String workload : WORKLOADS.keySet()) {
        cases.add(Arguments.of(fault.getKey(), workload));
      }
    }
    return cases.stream();
  }

  private static Scenario scenario(String fault, Workload workload) {
    return ScenarioText.read(
        directory,
        """
        cluster:
          nodePools:
          - {count: 6, zones: 3%s}
        manifests: [%s/%s]
        end: {limit: 2h}
        expectations:
        - %s
        timeline:
        - {at: 2m, %s}
        %s
        """
            .formatted(
                workload.pool(),
                MANIFESTS,
                workload.manifest(),
                workload.expectation(),
                fault,
                workload.timeline()));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("matrix")
  void heals(String fault, String workload) {
    Scenario scenario =
        scenario(
            Objects.requireNonNull(FAULTS.get(fault)),
            Objects.requireNonNull(WORKLOADS.get(workload)));

    RunSummary summary = ScenarioText.run(scenario);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
    assertThat(summary.ending())
        .as(SummaryText.of(summary, false, true))
        .isEqualTo(RunSummary.Ending.IDLE);
    assertThat(ScenarioText.run(scenario).digest()).isEqualTo(summary.digest());
  }
}
