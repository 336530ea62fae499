package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.time.InvariantViolation;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All workloads at once, several faults at once, changes in their midst, all drawn at random:
 * whatever happens, in the end everything is as it is asked to be.
 */
class ManyFaultsTest {
  private static final Path MANIFESTS =
      Path.of("src", "test", "resources", "io", "towtank", "scenarios", "run").toAbsolutePath();
  private static final ImmutableList<String> FAULTS =
      ImmutableList.of(
          "failNodes: {count: 2, for: FOR}",
          "failNodes: {zone: zone-1, for: FOR}",
          "hangNodes: {count: 3, for: FOR}",
          "partitionNodes: {count: 3, for: FOR}",
          "partitionNodes: {zone: zone-2, for: FOR}",
          "slowDisks: {count: 4, factor: 30, for: FOR}",
          "skewClocks: {count: 3, by: -4m, for: FOR}",
          "skewClocks: {count: 3, by: 7m, for: FOR}",
          "shutDownNodes: {count: 2, gracePeriod: 8s, criticalGracePeriod: 3s, for: FOR}",
          "slowApi: {factor: 40, delay: 300ms, for: FOR}",
          "slowApi: {delay: 5s, components: [kubelet], for: FOR}",
          "failApi: {rate: 30%, for: FOR}",
          "failApi: {rate: 100%, error: Timeout, components: [kube-controller-manager], for: FOR}",
          "failApi: {rate: 100%, error: TooManyRequests, components: [kubelet], for: FOR}",
          "failApi: {rate: 70%, error: Conflict, verbs: [create, update], for: FOR}",
          "failApi: {rate: 80%, verbs: [delete, patch], for: FOR}",
          "loseWatches: {for: FOR}",
          "loseWatches: {components: [kubelet], kinds: [pods], for: FOR}",
          "failRegistry: {for: FOR}",
          "crashContainers: {target: pods/*, rate: 2/m, exitCode: 137, for: FOR}",
          "stopComponents: {components: [kube-scheduler], for: FOR}",
          "stopComponents: {components: [kube-controller-manager], for: FOR}");
  private static final ImmutableList<String> CHANGES =
      ImmutableList.of(
          "setImage: {target: deployment/web, image: \"web:VERSION\"}",
          "scale: {target: deployment/web, replicas: COUNT}",
          "scale: {target: statefulset/db, replicas: COUNT}",
          "rolloutRestart: {target: statefulset/db}",
          "rolloutRestart: {target: daemonset/log}",
          "delete: {target: pods, selector: app=web}",
          "delete: {target: pods/db-*, gracePeriod: 0s}",
          "drainNodes: {count: 1, timeout: 5m}",
          "uncordonNodes: {count: 100%}",
          "delete: {target: replicasets/*, cascade: orphan}",
          "deleteNodes: {count: 1}");

  @TempDir private static Path directory;

  static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(0, Long.getLong("towtank.test.seeds", 15));
  }

  private static String draw(List<String> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()))
        .replace("FOR", 10 + random.nextInt(500) + "s")
        .replace("COUNT", String.valueOf(random.nextInt(10)))
        .replace("VERSION", String.valueOf(random.nextInt(4)));
  }

  private static String timeline(SplittableRandom random) {
    StringBuilder timeline = new StringBuilder("timeline:\n");
    int count = 3 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      timeline.append("- {at: %ds, %s}\n".formatted(random.nextInt(1200), draw(FAULTS, random)));
    }
    for (int i = 0; i < count; i++) {
      timeline.append("- {at: %ds, %s}\n".formatted(random.nextInt(1500), draw(CHANGES, random)));
    }
    // Nothing would run on nodes that stay cordoned.
    return timeline + "- {at: 40m, uncordonNodes: {count: 100%}}\n";
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allIsWellInTheEnd(long seed) {
    String text =
        """
        seed: %d
        cluster: {nodePools: [{count: 9, zones: 3}]}
        manifests:
        - %s/deployment.yaml
        - %s/job.yaml
        - inline:
          - apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80}]}
          - apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: web}
            spec: {maxUnavailable: 2, selector: {matchLabels: {app: web}}}
          - apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec: {containers: [{name: db, image: "db:1"}]}
          - apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: log}
            spec:
              selector: {matchLabels: {app: log}}
              template:
                metadata: {labels: {app: log}}
                spec: {containers: [{name: log, image: "log:1"}]}
        end: {limit: 5h}
        """
                .formatted(seed, MANIFESTS, MANIFESTS)
            + timeline(new SplittableRandom(seed));
    String replay = "replay with -Dtowtank.test.seed=" + seed + "\n" + text;
    try {
      RunSummary summary = ScenarioText.run(directory, text);
      assertThat(summary.ending())
          .as(replay + SummaryText.of(summary, false, true))
          .isEqualTo(RunSummary.Ending.IDLE);
      assertThat(summary.pods().pending())
          .as(replay + SummaryText.of(summary, false, true))
          .isZero();
    } catch (InvariantViolation e) {
      throw new AssertionError(e.getMessage() + "\n" + replay, e);
    }
  }
}
