package io.towtank.controllers.podautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.metrics.MetricsApi.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Corners of the calculation, each worked out by hand from replica_calculator.go. A pod is written
 * as its state, the millicores that it requests and those that it uses; {@code -} is none.
 */
class ReplicaCalculatorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = TestCluster.EPOCH + 3600 * SECOND;
  private static final Tolerances TENTH = new Tolerances(0.1, 0.1);

  private final List<Pod> pods = new ArrayList<>();
  private final Map<String, Sample> samples = new HashMap<>();

  private void read(String text) {
    for (String one : Splitter.on(',').trimResults().split(text)) {
      List<String> parts = Splitter.on(' ').splitToList(one);
      String name = "p" + pods.size();
      pods.add(pod(name, parts.get(0), parts.get(1)));
      if (!parts.get(2).equals("-")) {
        samples.put(name, new Sample(Long.parseLong(parts.get(2)), NOW - 10 * SECOND, 15 * SECOND));
      }
    }
  }

  private static Pod pod(String name, String state, String request) {
    String resources =
        request.equals("-")
            ? "{}"
            : "{'requests': {'cpu': '%sm', 'memory': '%sm'}}".formatted(request, request);
    String sidecar =
        state.equals("sidecar")
            ? ", 'initContainers': [{'name': 's', 'image': 'i', 'restartPolicy': 'Always'}]"
            : "";
    String ofPod =
        state.equals("podlevel") ? ", 'resources': {'requests': {'memory': '100m'}}" : "";
    String phase =
        switch (state) {
          case "pending" -> "Pending";
          case "failed" -> "Failed";
          default -> "Running";
        };
    String readiness = state.equals("unready") || state.equals("starting") ? "False" : "True";
    // An unready pod that was never ready: its condition is as old as itself.
    long age = state.equals("starting") ? 60 : 1800;
    Pod pod =
        (Pod)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '%s'},
                 'spec': {'containers': [
                   {'name': 'c', 'image': 'i', 'resources': %s}]%s%s},
                 'status': {'phase': '%s', 'startTime': '%s', 'conditions': [
                  {'type': 'Ready', 'status': '%s', 'lastTransitionTime': '%s'}]}}
                """
                    .formatted(
                        name,
                        resources,
                        sidecar,
                        ofPod,
                        phase,
                        Timestamps.format(NOW - age * SECOND),
                        readiness,
                        Timestamps.format(NOW - age * SECOND)));
    return state.equals("deleted")
        ? PodBuilder.builder(pod)
            .metadata(ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(NOW).build())
            .build()
        : pod;
  }

  private @Nullable Sample sample(Pod pod) {
    return samples.get(pod.name());
  }

  private static String told(Proposal proposal, boolean percent) {
    return proposal.replicas()
        + " "
        + (percent ? proposal.utilization() + "% " : "")
        + proposal.milli()
        + "m";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The seeds' formula.
        "3 | 50 | cpu | ready 1000 900, ready 1000 900, ready 1000 900 | 6 90% 900m",
        // Nothing is used at all: nothing is wanted; a bound keeps the least.
        "2 | 50 | cpu | ready 1000 0, ready 1000 0 | 0 0% 0m",
        // Tolerance: both ends belong to it, and what is a percent beyond does not.
        "2 | 50 | cpu | ready 1000 450, ready 1000 450 | 2 45% 450m",
        "2 | 50 | cpu | ready 1000 440, ready 1000 440 | 2 44% 440m",
        "10 | 50 | cpu | ready 1000 440 | 1 44% 440m",
        "10 | 50 | cpu | ready 1000 459 | 10 45% 459m",
        "10 | 50 | cpu | ready 1000 550 | 10 55% 550m",
        "10 | 50 | cpu | ready 1000 560 | 2 56% 560m",
        // Percents are whole before anything is compared: 55.9 % counts as 55 %.
        "10 | 50 | cpu | ready 1000 559 | 10 55% 559m",
        // Pods of different sizes count by what they request.
        "2 | 50 | cpu | ready 1000 1000, ready 3000 1000 | 2 50% 1000m",
        // Those that are not ready count for nothing where fewer are called for …
        "4 | 50 | cpu | ready 1000 100, ready 1000 100, pending 1000 -, pending 1000 - | 1 10%"
            + " 100m",
        // … and as idle where more are: (900 + 900) / 4000 = 45 % turns it around.
        "4 | 50 | cpu | ready 1000 900, ready 1000 900, pending 1000 -, pending 1000 - | 4 90%"
            + " 900m",
        // 2 × 200 % over three pods are 133 %: ceil(2.66 × 3).
        "3 | 50 | cpu | ready 1000 2000, ready 1000 2000, starting 1000 3000 | 8 200% 2000m",
        // Without a sample a pod is taken to use all of its request where fewer are called for …
        "3 | 50 | cpu | ready 1000 100, ready 1000 100, ready 1000 - | 3 10% 100m",
        // … or its target, where that is more.
        "4 | 200 | cpu | ready 100 10, ready 100 10, ready 100 10, ready 100 - | 2 10% 10m",
        // … and nothing where more are.
        "3 | 50 | cpu | ready 1000 2000, ready 1000 2000, ready 1000 - | 8 200% 2000m",
        // At exactly the target it is not counted at all.
        "7 | 50 | cpu | ready 1000 500, ready 1000 - | 7 50% 500m",
        // Failed pods and those on their way out are not there, but have to have requests.
        "2 | 50 | cpu | ready 1000 1000, failed 1000 -, deleted 1000 9000 | 2 100% 1000m",
        "2 | 50 | cpu | ready 1000 1000, failed - - | missing request for cpu in container c of Pod"
            + " p1",
        "1 | 50 | cpu | sidecar 1000 1000 | missing request for cpu in container s of Pod p0",
        // A pod's own requests; what these lack is the sum of its containers.
        "1 | 50 | cpu | podlevel 1000 1000 | 2 100% 1000m",
        "1 | 50 | memory | podlevel 1000 100 | 2 100% 100m",
        "1 | 50 | cpu | podlevel - 1000 | missing pod-level request for cpu in Pod p0",
        // Nobody is ready, or nobody tells anything.
        "2 | 50 | cpu | pending 1000 -, starting 1000 500 | did not receive metrics for targeted"
            + " pods (pods might be unready)",
        "2 | 50 | cpu | pending 1000 -, ready 1000 - | unable to get metrics for resource cpu: no"
            + " metrics returned from resource metrics API",
        // Readiness matters to CPU alone.
        "2 | 50 | memory | starting 1000 1000, starting 1000 1000 | 4 100% 1000m",
        // Never ready, for long: its use is none of the workload's. Once ready, it would count.
        "2 | 50 | cpu | ready 1000 500, unready 1000 500 | 2 50% 500m",
      })
  void utilization(int current, int target, String resource, String text, String expected) {
    read(text);
    String outcome;
    try {
      Proposal proposal =
          new ReplicaCalculator(PodAutoscalerOptions.DEFAULT)
              .utilization(current, target, resource, null, TENTH, pods, this::sample, NOW);
      outcome = told(proposal, true);
    } catch (MetricException e) {
      outcome = String.valueOf(e.getMessage());
    }
    assertThat(outcome).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c | 4 100% 1000m",
        "other | container other not found in Pod p0",
      })
  void oneContainerAlone(String container, String expected) {
    read("ready 1000 1000, ready 1000 1000");
    String outcome;
    try {
      Proposal proposal =
          new ReplicaCalculator(PodAutoscalerOptions.DEFAULT)
              .utilization(2, 50, "cpu", container, TENTH, pods, this::sample, NOW);
      outcome = told(proposal, true);
    } catch (MetricException e) {
      outcome = String.valueOf(e.getMessage());
    }
    assertThat(outcome).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | 500 | ready - 1000, ready - 1000 | 4 1000m",
        "2 | 500 | ready - 0, ready - 0 | 0 0m",
        // Averages are cut to whole thousandths before anything is compared.
        "3 | 500 | ready - 549, ready - 551, ready - 551 | 3 550m",
        "3 | 500 | ready - 551, ready - 551, ready - 551 | 4 551m",
        // A pod without a sample is at the target where fewer are called for: (100 + 500) / 2.
        "2 | 500 | ready - 100, ready - - | 2 100m",
        "2 | 500 | ready - 2000, ready - - | 4 2000m",
        "2 | 500 | ready - 500, ready - - | 2 500m",
        // Custom metrics know no readiness: only pods that are pending are not ready.
        "2 | 500 | starting - 1000, pending - - | 2 1000m",
        "2 | 500 | pending - - | no metrics returned from custom metrics API",
      })
  void averages(int current, long target, String text, String expected) {
    read(text);
    String outcome;
    try {
      Proposal proposal =
          new ReplicaCalculator(PodAutoscalerOptions.DEFAULT)
              .average(current, target, null, TENTH, pods, this::sample, NOW);
      outcome = told(proposal, false);
    } catch (MetricException e) {
      outcome = String.valueOf(e.getMessage());
    }
    assertThat(outcome).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Of a whole: ready pods count, not replicas.
        "4 | 300 | 100 | ready - -, ready - -, unready - - | 6",
        "4 | 110 | 100 | ready - -, ready - - | 4",
        "4 | 111 | 100 | ready - -, ready - - | 3",
        "4 | 0 | 100 | ready - -, ready - - | 0",
        // From none: neither tolerance nor pods.
        "0 | 105 | 100 | pending - - | 2",
        "0 | 0 | 100 | pending - - | 0",
      })
  void values(int current, long value, long target, String text, int expected)
      throws MetricException {
    read(text);
    assertThat(ReplicaCalculator.value(current, value, target, TENTH, pods).replicas())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 400, 100, 4, 100",
    "4, 440, 100, 4, 110",
    "4, 441, 100, 5, 111",
    "4, 361, 100, 4, 91",
    "4, 359, 100, 4, 90",
    "4, 300, 100, 3, 75",
    "4, 0, 100, 0, 0",
    "0, 250, 100, 3, 0",
    "0, 0, 100, 0, 0",
    "1, 9223372036854775807, 1, 2147483647, 9223372036854775807",
  })
  void valuesPerPod(int replicas, long value, long target, int expected, long shared) {
    Proposal proposal = ReplicaCalculator.valuePerPod(replicas, value, target, TENTH);
    assertThat(proposal.replicas()).isEqualTo(expected);
    assertThat(proposal.milli()).isEqualTo(shared);
  }
}
