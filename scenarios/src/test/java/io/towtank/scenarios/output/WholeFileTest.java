package io.towtank.scenarios.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  private static final byte[] TEXT = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;

  @Test
  void isThereOnceItIsComplete() throws IOException {
    Path target = Files.writeString(directory.resolve("a.txt"), "old");
    try (WholeFile file = WholeFile.begin(target)) {
      file.stream().write(TEXT);
      assertThat(target).hasContent("old");
      file.complete();
    }
    assertThat(target).hasContent("new");
    assertThat(directory).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void leavesNothingWhereItIsNotComplete() throws IOException {
    Path target = directory.resolve("a.txt");
    try (WholeFile file = WholeFile.begin(target)) {
      file.stream().write(TEXT);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void tellsAtOnceWhereNothingCanBeWritten() {
    assertThatThrownBy(() -> WholeFile.begin(directory.resolve("no/such/file.txt")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no directory");
    assertThatThrownBy(() -> WholeFile.begin(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it is a directory");
  }
}
