package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.run.ScenarioText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultReaderTest {
  private static final String START =
      """
      cluster: {nodePools: [{count: 3}]}
      timeline:
      - at: 1m
      """;

  @TempDir private Path directory;

  private Scenario read(String fault) {
    return ScenarioText.read(directory, START + "  " + fault + "\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "failNodes: {for: 5m} | say which nodes: names, selector, zone or count",
        "partitionNodes: {zone: zone-7} | no node is in zone \"zone-7\"; did you mean",
        "hangNodes: {count: 1, for: 0} | timeline[0].hangNodes.for: nothing lasts no time at all",
        "slowDisks: {count: 1} | factor",
        "slowDisks: {count: 1, factor: 0.5} | a factor is more than 1",
        "skewClocks: {count: 1} | by",
        "skewClocks: {count: 1, by: 0s} | a clock that jumps by 0 does not jump",
        "skewClocks: {count: 1, by: soon} | \"soon\"",
        "failDevices: {count: 1} | resource",
        "failDevices: {count: 1, resource: cpu} | \"cpu\" has no devices",
        "failDevices: {count: 1, resource: nvidia.com/gpu, devices: 0} | 0 is not from 1",
        "shutDownNodes: {count: 1, gracePeriod: 5s, criticalGracePeriod: 6s} | is part of"
            + " gracePeriod",
        "shutDownNodes: {count: 1, for: 20s} | the node would boot before it is down",
        "crashContainers: {target: deployment/a} | this cannot be done to deployments",
        "crashContainers: {target: pods/*, rate: 1/m} | \"for\" is missing",
        "crashContainers: {target: pods/*, for: 1m} | \"rate\" is missing",
        "crashContainers: {target: pods/*, exitCode: 256} | 256 is not from 0 to 255",
        "slowApi: {for: 1m} | say how slow: factor or delay",
        "slowApi: {factor: 2, components: [kubelt]} | \"kubelt\" is none of",
        "failApi: {for: 1m} | rate",
        "failApi: {rate: 0.2} | \"0.2\" is no share of requests: write it as in 20%",
        "failApi: {rate: 120%} | \"120%\" is no share of requests",
        "failApi: {rate: 20%, error: Gone} | Gone",
        "failApi: {rate: 20%, verbs: [put]} | \"put\" is none of get, list, create",
        "failApi: {rate: 20%, kinds: [pod, podds]} | there is no kind \"podds\"",
        "loseWatches: {components: [etcd]} | \"etcd\" is none of kube-scheduler,"
            + " kube-controller-manager, kubelet",
        "stopComponents: {for: 1m} | components",
        "stopComponents: {components: []} | say which",
        "stopComponents: {components: [kubelet]} | \"kubelet\" is none of kube-scheduler",
        "failRegistry: {image: a} | unknown field \"image\"; did you mean \"images\"?",
        "drainNodes: {count: 1, timeout: later} | \"later\"",
      })
  void mistakesAreTold(String fault, String message) {
    assertThatThrownBy(() -> read(fault))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(".yaml:")
        .hasMessageContaining("timeline[0]")
        .hasMessageContaining(message);
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    Fault.ShutDownNodes down =
        (Fault.ShutDownNodes) read("shutDownNodes: {count: 1}").timeline().get(0).action();
    assertThat(down.graceNanos()).isEqualTo(30_000_000_000L);
    assertThat(down.criticalNanos()).isEqualTo(10_000_000_000L);
    assertThat(down.forNanos()).isEqualTo(Fault.FOR_GOOD);
    Fault.ShutDownNodes shorter =
        (Fault.ShutDownNodes)
            read("shutDownNodes: {count: 1, gracePeriod: 5s}").timeline().get(0).action();
    assertThat(shorter.criticalNanos()).isEqualTo(5_000_000_000L);
  }

  @Test
  void theControllerManagerStandsForAllControllers() {
    Fault.FailApi fail =
        (Fault.FailApi)
            read("failApi: {rate: 20%, components: [kube-controller-manager]}")
                .timeline()
                .get(0)
                .action();
    assertThat(fail.requests().clients())
        .contains("replicaset-controller")
        .doesNotContain("kubelet");
  }
}
