package io.towtank.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.towtank.conformance.FileResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands print, beside runs. */
final class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run",
        "validate",
        "generate",
        "generate trace",
        "conformance",
        "completion",
        "bench",
        "bench scheduler"
      })
  void helpFitsATerminalAndHasNoColours(String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.removeIf(String::isEmpty);
    arguments.add("--help");

    Invocation help = Invocation.of(arguments.toArray(String[]::new));

    assertThat(help.status()).isEqualTo(0);
    assertThat(help.out()).contains("Usage: towtank").doesNotContain("\u001b", "null", "@|");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void everyCommandIsInTheHelp() {
    assertThat(Invocation.of("--help").out())
        .contains("run ", "validate ", "generate ", "conformance ", "completion ");
  }

  @Test
  void resultsOfConformanceStandInOneColumn() {
    FileResult small = result("api/percent");
    FileResult large = result("scheduler/defaultspread-large17");

    assertThat(ConformanceCommand.line(large).indexOf("17 of 17 agree"))
        .isEqualTo(ConformanceCommand.line(small).indexOf("17 of 17 agree"))
        .isGreaterThan(large.file().length());
  }

  private static FileResult result(String name) {
    return new FileResult(name, FileResult.Status.AGREES, 17, 17, "", ImmutableList.of());
  }

  @Test
  void validateTellsProblemsAsJson() throws IOException {
    Path good = write("good.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    Path bad = write("bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspecs: {}\n");

    Invocation result =
        Invocation.of("validate", good.toString(), bad.toString(), "--output", "json");

    assertThat(result.status()).isEqualTo(2);
    JsonNode json = JSON.readTree(result.out());
    assertThat(json.get("valid").asBoolean()).isFalse();
    assertThat(json.at("/files/0/file").asText()).isEqualTo(good.toString());
    assertThat(json.at("/files/0/valid").asBoolean()).isTrue();
    assertThat(json.at("/files/0/problems")).isEmpty();
    JsonNode problem = json.at("/files/1/problems/0");
    assertThat(problem.fieldNames())
        .toIterable()
        .containsExactly("line", "column", "path", "message", "suggestion");
    assertThat(problem.get("line").asInt()).isEqualTo(4);
    assertThat(problem.get("suggestion").asText()).contains("spec");
  }

  @Test
  void directoriesAreReadWithWhatIsBelowThemOnRequest() throws IOException {
    Files.createDirectories(directory.resolve("apps/shop"));
    write("apps/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    write(
        "apps/shop/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n");
    write("apps/shop/notes.txt", "none");
    String apps = directory.resolve("apps").toString();

    assertThat(Invocation.of("validate", apps).out().lines()).hasSize(1);
    Invocation all = Invocation.of("validate", "--recursive", apps);
    assertThat(all.status()).as(all.err()).isZero();
    assertThat(all.out().lines())
        .containsExactly(apps + "/namespace.yaml: ok", apps + "/shop/config.yaml: ok");
    assertThat(Invocation.of("run", "-R", apps, "--until", "1s").status()).isZero();
  }

  @Test
  void theSchemaOfScenariosIsPrinted() throws IOException {
    assumeTrue(System.getProperty("basedir") != null, "only Maven puts the schema in its place");
    assertThat(Invocation.of("schema").out())
        .isEqualTo(Files.readString(Path.of("..", "scenarios", "scenario.schema.json")));
  }

  @Test
  void generateTraceTellsItsFilesAsJson() throws IOException {
    Invocation result =
        Invocation.of(
            "generate",
            "trace",
            "--nodes",
            "2",
            "--pods",
            "3",
            "-o",
            directory + "/t",
            "--output",
            "json");

    assertThat(result.status()).as(result.err()).isEqualTo(0);
    JsonNode json = JSON.readTree(result.out());
    assertThat(Path.of(json.get("nodesFile").asText())).exists();
    assertThat(Path.of(json.get("podsFile").asText())).exists();
  }

  /** What a user gets who types so far and presses the tabulator. */
  @ParameterizedTest
  @CsvSource({
    "towtank ru, run",
    "towtank run --rep, --report",
    "towtank run --eve, --events",
    "towtank completion f, fish",
    "towtank generate tr, trace"
  })
  void bashCompletes(String typed, String wanted) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "this system has no bash");
    Path script = write("completion.bash", Invocation.of("completion", "bash").out());
    String[] words = typed.split(" ", -1);
    Process bash =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "source "
                    + script
                    + "; COMP_WORDS=("
                    + typed
                    + "); COMP_CWORD="
                    + (words.length - 1)
                    + "; COMP_LINE='"
                    + typed
                    + "'; COMP_POINT=${#COMP_LINE};"
                    + " _complete_towtank; printf '%s\\n' \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();
    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);

    assertThat(bash.waitFor()).as(output).isEqualTo(0);
    assertThat(output.lines().map(String::strip)).contains(wanted);
  }

  @Test
  void fishIsToldCommandsAndOptions() {
    assertThat(Invocation.of("completion", "fish").out().lines())
        .contains(
            "complete -c towtank -n '__fish_use_subcommand' -f -a validate -d 'Checks scenarios and"
                + " manifests and tells everything that is wrong with them.'",
            "complete -c towtank -n '__fish_seen_subcommand_from run' -l nodes-file -r -d 'the"
                + " trace\\'s nodes (.csv, .csv.gz)'");
  }

  /** In a JVM of its own, whose heap is too small. */
  @Test
  void tooLittleMemoryIsToldWithTheSetting() throws IOException, InterruptedException {
    Path pod =
        write(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image:"
                + " a}]}\n");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Towtank.class.getName(),
                "run",
                "--nodes",
                "200000",
                pod.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), UTF_8);

    assertThat(java.waitFor()).as(output).isEqualTo(ExitCode.OUT_OF_MEMORY);
    assertThat(output).contains("the memory was not enough", "towtank --heap 8g run");
    assertThat(output).doesNotContain("\tat ");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
