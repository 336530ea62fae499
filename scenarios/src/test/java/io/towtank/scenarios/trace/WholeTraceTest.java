package io.towtank.scenarios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real trace, whole, where it is there: it is not ours to ship. */
class WholeTraceTest {
  private static final Path TRACE = Path.of("..", "..", "shared", "traces", "openb");

  @Test
  void allPodsOfTheRealTraceComeAndAllThatRanGo() {
    assumeTrue(Files.isDirectory(TRACE), "the trace is not here");
    ScenarioFiles files =
        ScenarioFiles.read(
            List.of(),
            ScenarioOverridesBuilder.builder()
                .traceFormat("openb")
                .traceNodes(TRACE.resolve("openb_node_list_all_node.csv"))
                .tracePods(TRACE.resolve("openb_pod_list_default.csv.gz"))
                .build());

    RunSummary summary = new ScenarioRunner(files.scenario(), RunOptions.DEFAULT).run();

    assertThat(summary.nodes().total()).isEqualTo(1523);
    assertThat(summary.pods().created()).isEqualTo(8152);
    assertThat(summary.pods().running()).isZero();
    assertThat(Duration.ofNanos(summary.virtualNanos()).toDays()).isEqualTo(149);
  }
}
