package io.towtank.scenarios.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.scenarios.run.SummaryText;
import io.towtank.time.CheckMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario of the library runs, and what it expects comes true. */
class LibraryTest {
  private static final Path LIBRARY = Path.of("library");

  @TempDir private Path directory;

  static Stream<String> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(LIBRARY)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  /**
   * Reads a scenario; the large one with a tenth of its nodes and Deployments, so that the tests
   * stay short.
   */
  private ScenarioFiles read(String name) throws IOException {
    Path file = LIBRARY.resolve(name);
    if (name.equals("first-look.yaml")) {
      String text = Files.readString(file);
      assertThat(text).contains("- count: 5000", "copies: 300");
      file = directory.resolve(name);
      Files.writeString(
          file, text.replace("- count: 5000", "- count: 500").replace("copies: 300", "copies: 30"));
    }
    return ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE);
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void comesOutAsExpected(String name) throws IOException {
    ScenarioFiles files = read(name);
    assertThat(files.scenario().expectations()).as("expectations").isNotEmpty();
    RunOptions options =
        RunOptionsBuilder.builder(RunOptions.DEFAULT).check(CheckMode.CHECKED).build();

    RunSummary summary = new ScenarioRunner(files.scenario(), options).run();

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }
}
