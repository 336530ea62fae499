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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario of the library runs, and what it expects comes true. */
class LibraryTest {
  private static final Path LIBRARY = Path.of("library");

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

  @ParameterizedTest
  @MethodSource("scenarios")
  void isInTheList(String name) throws IOException {
    assertThat(Files.readString(LIBRARY.resolve("README.md"))).contains("](" + name + ")");
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void comesOutAsExpected(String name) {
    ScenarioFiles files =
        ScenarioFiles.read(List.of(LIBRARY.resolve(name).toString()), ScenarioOverrides.NONE);
    assertThat(files.scenario().expectations()).as("expectations").isNotEmpty();
    RunOptions options =
        RunOptionsBuilder.builder(RunOptions.DEFAULT).check(CheckMode.CHECKED).build();

    RunSummary summary = new ScenarioRunner(files.scenario(), options).run();

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }
}
