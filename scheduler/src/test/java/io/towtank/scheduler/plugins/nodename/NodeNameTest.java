package io.towtank.scheduler.plugins.nodename;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.scheduler.state.ClusterState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeNameTest {
  @ParameterizedTest
  @CsvSource({
    "a, Success, ''",
    "b, UnschedulableAndUnresolvable, node(s) didn't match the requested node name"
  })
  void filters(String wanted, String code, String message) {
    ClusterState state = new ClusterState();
    state.setNode(PluginCluster.node("name: a"));
    Status status = new NodeName().filter(wanted, state.nodeInfo(state.row("a")));
    assertThat(status.code()).hasToString(code);
    assertThat(status.message()).isEqualTo(message);
  }

  @Test
  void podsThatNameNoNodeFitAny() {
    assertThat(PluginCluster.of("NodeName").nodes("{name: a}, {name: b}").verdict(""))
        .isEqualTo(PluginCluster.SKIP);
  }
}
