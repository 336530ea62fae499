package io.towtank.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The golden data that ships with Towtank: everything that is covered agrees. */
class ShippedGoldenTest {
  @Test
  void everyCaseOfEveryCoveredFileAgrees() {
    List<String> told = new ArrayList<>();
    ConformanceResult result =
        Conformance.run(Optional.empty(), file -> told.add(file.file() + ": " + file.summary()));
    StringBuilder report = new StringBuilder();
    for (FileResult file : result.files()) {
      file.disagreements().stream()
          .limit(3)
          .forEach(
              disagreement -> report.append(file.file()).append(' ').append(disagreement.diff()));
    }
    assertThat(result.agrees()).as("%s%n%s", told, report).isTrue();
    assertThat(result.exitCode()).isZero();
    assertThat(told).hasSameSizeAs(result.files());
  }

  @Test
  void theIndexNamesEveryFile() throws IOException, URISyntaxException {
    Path index =
        Path.of(Objects.requireNonNull(getClass().getResource("/golden/files.txt")).toURI());
    Path golden = Objects.requireNonNull(index.getParent());
    List<String> present;
    try (Stream<Path> files = Files.walk(golden)) {
      present =
          files
              .filter(file -> file.toString().contains(".jsonl"))
              .map(file -> golden.relativize(file).toString().replace('\\', '/'))
              .sorted()
              .toList();
    }
    assertThat(Files.readAllLines(index)).isEqualTo(present);
  }
}
