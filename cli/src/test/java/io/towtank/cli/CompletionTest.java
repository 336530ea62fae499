package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shells complete. */
class CompletionTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "towtank va | validate",
        "towtank run --no | --nodes --node-template --nodes-file",
        "towtank run scen | scenario.yaml",
        "towtank run scenario.yaml --rep | --report",
        "towtank run --nodes 3 scen | scenario.yaml",
        "towtank run --events scen | scenario.yaml",
        "towtank run --output j | json",
        "towtank run --check p | paranoid",
        "towtank run --trace o | openb",
        "towtank explain pod web-0 scen | scenario.yaml",
        "towtank bench scheduler --workload aff | affinity",
        "towtank completion f | fish",
      })
  void bashCompletes(String line, String candidates) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(BASH), "there is no bash");
    Files.createFile(directory.resolve("scenario.yaml"));
    Path script = directory.resolve("completion.bash");
    Files.writeString(script, Invocation.of("completion", "bash").out());
    // compopt works within a completion only.
    String words =
        "compopt() { :; }; source completion.bash; COMP_WORDS=("
            + line
            + ");"
            + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_towtank; echo \"${COMPREPLY[*]}\"";
    Process bash =
        new ProcessBuilder(BASH.toString(), "--norc", "-c", words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bash.waitFor()).as(said).isZero();
    assertThat(said.strip()).isEqualTo(candidates);
  }

  @Test
  void fishIsToldOfCommandsAndOptions() {
    assertThat(Invocation.of("completion", "fish").out())
        .contains("-a validate -d 'Checks scenarios")
        .contains("-l node-template -r");
  }
}
