package io.towtank.scenarios.run;

import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.time.CheckMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Scenarios that tests write down. */
public final class ScenarioText {
  private static final String HEADER =
      """
      apiVersion: towtank.io/v1
      kind: Scenario
      metadata: {name: test}
      """;

  private ScenarioText() {}

  /** Reads a scenario of which the text is all but the first three fields. */
  public static Scenario read(Path directory, String text) {
    try {
      Path file = Files.createTempFile(directory, "scenario", ".yaml");
      Files.writeString(file, HEADER + text);
      return ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it, checked. */
  public static RunSummary run(Scenario scenario) {
    RunOptions options =
        RunOptionsBuilder.builder(RunOptions.DEFAULT).check(CheckMode.CHECKED).build();
    return new ScenarioRunner(scenario, options).run();
  }

  /** Reads and runs a scenario, checked. */
  public static RunSummary run(Path directory, String text) {
    return run(read(directory, text));
  }
}
