package io.towtank.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceTest {
  private static final String RIGHT =
      "{\"total\":10,\"value\":\"25%\",\"roundedDown\":2,\"roundedUp\":3}\n";
  private static final String WRONG =
      "{\"total\":10,\"value\":\"35%\",\"roundedDown\":3,\"roundedUp\":3}\n";

  @TempDir private Path directory;

  private void write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    if (name.endsWith(".gz")) {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      }
    } else {
      Files.writeString(file, content);
    }
  }

  private ConformanceResult run() {
    return Conformance.run(Optional.of(directory), file -> {});
  }

  @Test
  void countsWhatAgrees() throws IOException {
    write("api/percents.jsonl", RIGHT + "\n" + WRONG + RIGHT);
    write("kubectl/basics.jsonl.gz", "{}\n");
    write("README.md", "no golden file");
    List<String> told = new ArrayList<>();
    ConformanceResult result =
        Conformance.run(
            Optional.of(directory), file -> told.add(file.file() + ": " + file.summary()));
    assertThat(told)
        .containsExactly(
            "api/percents: 2 of 3 agree",
            "kubectl/basics: not covered: kubectl sessions come later");
    assertThat(result.agrees()).isFalse();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.toJson(3))
        .hasToString(
            "{\"agrees\":false,\"files\":["
                + "{\"file\":\"api/percents\",\"status\":\"disagrees\",\"agree\":2,\"total\":3,"
                + "\"disagreements\":[{\"line\":3,\"name\":\"\\\"35%\\\" of 10\","
                + "\"differences\":[{\"path\":\"$.roundedUp\",\"expected\":\"3\","
                + "\"actual\":\"4\"}]}]},"
                + "{\"file\":\"kubectl/basics\",\"status\":\"not covered\","
                + "\"note\":\"kubectl sessions come later\"}]}");
    assertThat(result.toJson(0).at("/files/0/disagreements")).isEmpty();
  }

  @Test
  void readsCompressedFiles() throws IOException {
    write("api/percents.jsonl.gz", RIGHT + RIGHT);
    assertThat(run().files().getFirst().summary()).isEqualTo("2 of 2 agree");
    assertThat(run().exitCode()).isZero();
  }

  @Test
  void showsADisagreementLineByLine() throws IOException {
    write("api/percents.jsonl", WRONG);
    assertThat(run().files().getFirst().disagreements().getFirst().diff())
        .isEqualTo(
            """
            line 1: "35%" of 10
              $.roundedUp: expected 3, got 4
                  {
                    "roundedDown" : 3,
                -   "roundedUp" : 3
                +   "roundedUp" : 4
                  }
            """);
  }

  @Test
  void doesNotShowWordingThatNeedNotAgree() throws IOException {
    write(
        "api/quantities.jsonl",
        "{\"a\":\"1K\",\"b\":\"1\",\"parsedA\":{\"error\":\"bad\"},"
            + "\"parsedB\":{\"canonical\":\"2\",\"milliValue\":\"1000\",\"sign\":1,\"value\":\"1\"}}");
    assertThat(run().files().getFirst().disagreements().getFirst().diff())
        .contains("$.parsedB.canonical: expected \"2\", got \"1\"")
        .doesNotContain("unable to parse");
  }

  @Test
  void showsWhatIsMissingAndWhatIsTooMuch() throws IOException {
    write("api/selectors.jsonl", "{\"selector\":\"a\",\"error\":\"none\"}");
    assertThat(run().files().getFirst().disagreements().getFirst().differences())
        .containsExactly(
            new Difference("$.canonical", "nothing", "\"a\""),
            new Difference("$.error", "\"none\"", "nothing"));
  }

  @Test
  void aCaseThatCannotBeRunDisagrees() throws IOException {
    write("api/patches.jsonl", "{\"type\":\"text/plain\"}\n");
    FileResult file = run().files().getFirst();
    assertThat(file.summary()).isEqualTo("0 of 1 agree");
    assertThat(file.disagreements().getFirst().diff()).contains("no patch type text/plain");
  }

  @Test
  void keepsOnlyTheFirstDisagreements() throws IOException {
    write("api/percents.jsonl", WRONG.repeat(150));
    FileResult file = run().files().getFirst();
    assertThat(file.summary()).isEqualTo("0 of 150 agree");
    assertThat(file.disagreements()).hasSize(FileResult.KEPT_DISAGREEMENTS);
  }

  @Test
  void refusesFilesThatItDoesNotKnow() throws IOException {
    write("api/quantity.jsonl", RIGHT);
    assertThatThrownBy(this::run)
        .isInstanceOf(ConformanceException.class)
        .hasMessageContaining(
            "api/quantity.jsonl: no kind of golden file is called \"api/quantity\"; known are"
                + " api/quantities, api/percents,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/quantities.json",
        "api/quantities.jsonl.zst",
        "scheduler/mixed.gz",
        "scheduler/notes.txt",
        "api/deployment.yaml",
        "files.txt/api/percents.csv"
      })
  void refusesFilesOfAKindThatItDoesNotKnow(String name) throws IOException {
    write("api/percents.jsonl", RIGHT);
    write(name, "{}\n");
    assertThatThrownBy(this::run)
        .isInstanceOf(ConformanceException.class)
        .hasMessageStartingWith(directory.resolve(name) + ": no kind of file")
        .hasMessageContaining("NAME.jsonl or NAME.jsonl.gz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "api/README",
        "LICENSE",
        "scheduler/NOTICE.txt",
        "compare.py",
        "files.txt",
        "kubectl/basics.txt",
        "kubectl/backend.yaml",
        ".gitattributes",
        ".git/config"
      })
  void passesOverWhatExplainsOrMakesGoldenFiles(String name) throws IOException {
    write("api/percents.jsonl", RIGHT);
    write(name, "{}\n");
    assertThat(run().files()).hasSize(1);
  }

  @Test
  void suggestsTheDirectoryAbove() throws IOException {
    write("percents.jsonl", RIGHT);
    assertThatThrownBy(this::run)
        .hasMessageEndingWith("did you mean the directory above it, in which it is api/percents?");
  }

  @Test
  void refusesWhatIsNoJson() throws IOException {
    write("api/percents.jsonl", RIGHT + "{\"total\":\n");
    assertThatThrownBy(this::run)
        .isInstanceOf(ConformanceException.class)
        .hasMessageContaining("percents.jsonl:2: one JSON document is expected");
  }

  @Test
  void refusesWhatIsNotCompressed() throws IOException {
    Files.createDirectories(directory.resolve("api"));
    Files.writeString(directory.resolve("api/percents.jsonl.gz"), RIGHT);
    assertThatThrownBy(this::run)
        .isInstanceOf(ConformanceException.class)
        .hasMessageContaining("percents.jsonl.gz:1: cannot be read");
  }

  @Test
  void refusesADirectoryWithoutGoldenFiles() {
    assertThatThrownBy(this::run).hasMessageContaining("no golden files here");
    assertThatThrownBy(() -> Conformance.run(Optional.of(directory.resolve("gone")), file -> {}))
        .hasMessageEndingWith("gone: no such directory");
  }
}
