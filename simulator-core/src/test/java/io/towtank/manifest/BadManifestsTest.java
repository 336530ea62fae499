package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.codec.Documents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every file in {@code bad/} is wrong, and {@code bad/EXPECTED.txt} has what is said about it:
 * every problem with file, line, column, path and advice.
 */
class BadManifestsTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/io/towtank/manifest/bad");
  private static final String EXPECTED = "EXPECTED.txt";

  private static List<Path> files() {
    return Documents.filesOf(DIRECTORY).stream().filter(file -> !file.endsWith(EXPECTED)).toList();
  }

  private static List<String> problemsOf(Path file) {
    try {
      ManifestReader.read(
          String.valueOf(file.getFileName()), Files.readString(file, StandardCharsets.UTF_8));
      return List.of();
    } catch (ManifestException e) {
      return e.problems().stream().map(Problem::toString).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  List<DynamicTest> tellsEveryProblemWithItsPlaceAndAdvice() throws IOException {
    List<String> expected = Files.readAllLines(DIRECTORY.resolve(EXPECTED), StandardCharsets.UTF_8);
    return files().stream()
        .map(file ->
            DynamicTest.dynamicTest(
                String.valueOf(file.getFileName()),
                () ->
                    assertThat(problemsOf(file))
                        .isNotEmpty()
                        .isEqualTo(
                            expected.stream()
                                .filter(line -> line.startsWith(file.getFileName() + ":"))
                                .toList())))
        .toList();
  }

  @Test
  void thereAreManyAndEachExpectationHasItsFile() throws IOException {
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThan(40);
    assertThat(Files.readAllLines(DIRECTORY.resolve(EXPECTED), StandardCharsets.UTF_8))
        .allSatisfy(line ->
            assertThat(DIRECTORY.resolve(line.substring(0, line.indexOf(':')))).isRegularFile());
  }
}
