package io.towtank.scenarios.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.input.PluginFiles;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.time.CheckMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of a plugin is compiled by javac alone, found, and does what it says. */
class PluginExampleTest {
  private static final Path EXAMPLE = Path.of("library", "plugins", "fewer-nodes");
  private static final String SERVICE =
      "META-INF/services/io.towtank.scheduler.config.PluginFactory";

  @TempDir private static Path build;

  @BeforeAll
  static void compile() throws IOException {
    Javac.compile(EXAMPLE.resolve("src/example/FewerNodes.java"), build);
    Files.createDirectories(build.resolve(SERVICE).getParent());
    Files.copy(EXAMPLE.resolve(SERVICE), build.resolve(SERVICE));
  }

  private static RunSummary run(ScenarioOverrides overrides, String... files) {
    List<String> paths = List.of(files).stream().map(f -> EXAMPLE.resolve(f).toString()).toList();
    return new ScenarioRunner(
            ScenarioFiles.read(paths, overrides).scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT).check(CheckMode.PARANOID).build())
        .run();
  }

  private static ScenarioOverrides withPlugin() {
    return ScenarioOverridesBuilder.builder().pluginFiles(ImmutableList.of(build)).build();
  }

  @Test
  void itLeavesMoreNodesEmpty() {
    RunSummary without = run(ScenarioOverrides.NONE, "spread.yaml");
    RunSummary with = run(withPlugin(), "spread.yaml", "fewer-nodes.yaml");
    assertThat(without.passed()).isTrue();
    assertThat(with.passed()).isTrue();
    assertThat(without.nodes().empty()).isZero();
    assertThat(with.nodes().empty()).isGreaterThan(15);
  }

  @Test
  void withoutItsFilesItIsNotKnown() {
    assertThatThrownBy(() -> run(ScenarioOverrides.NONE, "spread.yaml", "fewer-nodes.yaml"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("fewer-nodes.yaml:")
        .hasMessageContaining("there is no plugin \"FewerNodes\"");
  }

  @Test
  void itsArgumentsAreChecked() throws IOException {
    Path wrong = Files.writeString(build.resolveSibling("wrong-arguments.yaml"), configuration());
    assertThatThrownBy(() -> ScenarioFiles.read(List.of(wrong.toString()), withPlugin()))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("wrong-arguments.yaml:6:12: profiles[0].pluginConfig[0].args.enuogh")
        .hasMessageContaining("did you mean \"enough\"?");
    Files.delete(wrong);
  }

  private static String configuration() {
    return """
    apiVersion: kubescheduler.config.k8s.io/v1
    kind: KubeSchedulerConfiguration
    profiles:
    - pluginConfig:
      - name: FewerNodes
        args: {enuogh: 1}
    """;
  }

  @Test
  void placesWithoutPluginsAreRefused(@TempDir Path empty) {
    assertThatThrownBy(() -> PluginFiles.load(List.of(empty)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no scheduler plugin here; plugins are named in META-INF");
    assertThatThrownBy(() -> PluginFiles.load(List.of(empty.resolve("bulid"))))
        .hasMessageContaining("there is no such file or directory");
  }

  @Test
  void aServiceThatIsNotThereIsTold(@TempDir Path broken) throws IOException {
    Files.createDirectories(broken.resolve(SERVICE).getParent());
    Files.writeString(broken.resolve(SERVICE), "example.Missing\n");
    assertThatThrownBy(() -> PluginFiles.load(List.of(broken)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a plugin cannot be loaded")
        .hasMessageContaining("example.Missing");
  }
}
