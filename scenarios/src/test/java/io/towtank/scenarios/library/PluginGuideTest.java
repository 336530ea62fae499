package io.towtank.scenarios.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide of {@code scheduler/README.md}, followed to the letter. */
class PluginGuideTest {
  private static final String SERVICE = "META-INF/services/io.towtank.scheduler.framework.Plugin";
  private static final Pattern BLOCK =
      Pattern.compile("```(java|yaml)\\n(?:# ([a-z-]+\\.yaml)\\n)?(.*?)```", Pattern.DOTALL);

  @TempDir private static Path directory;
  private static Path build;

  @BeforeAll
  static void follow() throws IOException {
    build = directory.resolve("build");
    Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "scheduler", "README.md")));
    while (block.find()) {
      String name = block.group(1).equals("java") ? "SameRack.java" : block.group(2);
      if (name != null) {
        Files.writeString(directory.resolve(name), block.group(3));
      }
    }
    Files.createDirectories(build.resolve(SERVICE).getParent());
    Files.writeString(build.resolve(SERVICE), "example.SameRack\n");
    Javac.compile(directory.resolve("SameRack.java"), build);
  }

  private static RunSummary run(ScenarioOverrides overrides, String... files) {
    return new ScenarioRunner(
            ScenarioFiles.read(
                    List.of(files).stream().map(f -> directory.resolve(f).toString()).toList(),
                    overrides)
                .scenario(),
            RunOptions.DEFAULT)
        .run();
  }

  private static ScenarioOverrides with(Path plugins) {
    return ScenarioOverridesBuilder.builder().pluginFiles(ImmutableList.of(plugins)).build();
  }

  @Test
  void theOtherRackStaysEmpty() {
    assertThat(run(ScenarioOverrides.NONE, "racks.yaml").nodes().empty()).isZero();
    assertThat(run(with(build), "racks.yaml", "with-same-rack.yaml").nodes().empty()).isEqualTo(5);
  }

  @Test
  void aJarDoesAsWell() throws IOException {
    Path jar = directory.resolve("same-rack.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String entry : List.of("example/SameRack.class", SERVICE)) {
        out.putNextEntry(new JarEntry(entry));
        out.write(Files.readAllBytes(build.resolve(entry)));
        out.closeEntry();
      }
    }
    assertThat(run(with(jar), "racks.yaml", "with-same-rack.yaml").nodes().empty()).isEqualTo(5);
  }

  @Test
  void packingLeavesNodesEmpty() {
    RunSummary summary =
        new ScenarioRunner(
                ScenarioFiles.read(
                        List.of(
                            Path.of("library", "manifests", "small-pods.yaml").toString(),
                            directory.resolve("pack.yaml").toString()),
                        ScenarioOverridesBuilder.builder().nodes(10).build())
                    .scenario(),
                RunOptions.DEFAULT)
            .run();
    assertThat(summary.nodes().empty()).isEqualTo(9);
  }
}
