package io.towtank.scheduler.plugins.nodeports;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodePortsTest {
  private static final String TAKEN = "taken";
  private static final String VERDICT =
      "Unschedulable: node(s) didn't have free ports for the requested pod ports";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                              | wanted                                              | taken by a pod of the node                       | verdict
          no ports wanted                     |                                                     | {hostPort: 80, containerPort: 80}                | Skip
          a port of the pod is none of the node | {containerPort: 80}                               | {hostPort: 80, containerPort: 80}                | Skip
          a free node                         | {hostPort: 80, containerPort: 80}                   |                                                  | Success
          another port                        | {hostPort: 80, containerPort: 80}                   | {hostPort: 81, containerPort: 80}                | Success
          the same port                       | {hostPort: 80, containerPort: 80}                   | {hostPort: 80, containerPort: 8080}              | taken
          the same port of another protocol   | {hostPort: 80, containerPort: 80, protocol: UDP}    | {hostPort: 80, containerPort: 80}                | Success
          TCP is the protocol unsaid          | {hostPort: 80, containerPort: 80, protocol: TCP}    | {hostPort: 80, containerPort: 80}                | taken
          the same port of another address    | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.1} | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.2} | Success
          the same address                    | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.1} | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.1} | taken
          all addresses have this one         | {hostPort: 80, containerPort: 80}                   | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.2} | taken
          this one is of all addresses        | {hostPort: 80, containerPort: 80, hostIP: 10.0.0.1} | {hostPort: 80, containerPort: 80, hostIP: 0.0.0.0} | taken
          the second of two                   | {hostPort: 80, containerPort: 80}, {hostPort: 443, containerPort: 443} | {hostPort: 443, containerPort: 443} | taken
          """)
  void filters(String why, @Nullable String wanted, @Nullable String taken, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("NodePorts")
            .nodes("{name: one}")
            .pods("{name: other, node: one, " + ports(taken) + "}");
    assertThat(cluster.verdict(ports(wanted)))
        .as(why)
        .isEqualTo(verdict.equals(TAKEN) ? VERDICT : verdict);
  }

  private static String ports(@Nullable String ports) {
    return "ports: [" + (ports == null ? "" : ports) + "]";
  }

  /** Sidecars run as long as the pod does, other init containers are over before it starts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"restartPolicy: Always | taken", "image: once | Success"})
  void sidecarsTakePortsAndOtherInitContainersDoNot(String initContainer, String verdict) {
    String init =
        "initContainers: [{name: i, %s, ports: [{hostPort: 80, containerPort: 80}]}]"
            .formatted(initContainer);
    PluginCluster cluster =
        PluginCluster.of("NodePorts")
            .nodes("{name: one}")
            .pods("{name: other, node: one, " + init + "}");
    assertThat(cluster.verdict("ports: [{hostPort: 80, containerPort: 80}]"))
        .isEqualTo(verdict.equals(TAKEN) ? VERDICT : verdict);
  }
}
