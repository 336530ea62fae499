package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.io.Resources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of wrong inputs in mistakes.txt. */
class MistakesTest {
  private static final Pattern ARGUMENT = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir private Path directory;

  /** A row of the table. */
  record Mistake(
      String name, List<String> arguments, Map<String, String> files, List<String> messages) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mistake> mistakes() throws IOException {
    String table =
        Resources.toString(
            Resources.getResource(MistakesTest.class, "mistakes.txt"), StandardCharsets.UTF_8);
    return Splitter.on("\n##### ").splitToList(table).stream().skip(1).map(MistakesTest::mistake);
  }

  private static Mistake mistake(String row) {
    List<String> lines = row.lines().toList();
    List<String> arguments = new ArrayList<>();
    Map<String, String> files = new LinkedHashMap<>();
    List<String> messages = new ArrayList<>();
    String file = null;
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith("> ")) {
        Matcher argument = ARGUMENT.matcher(line.substring(2));
        while (argument.find()) {
          arguments.add(argument.group(1) != null ? argument.group(1) : argument.group(2));
        }
      } else if (line.startsWith("=== ")) {
        file = line.substring(4);
        files.put(file, "");
      } else if (line.startsWith("~ ")) {
        messages.add(line.substring(2));
        file = null;
      } else if (file != null) {
        files.merge(file, line + "\n", String::concat);
      }
    }
    return new Mistake(lines.get(0), arguments, files, messages);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isToldInOneMessageAndNothingIsRun(Mistake mistake) throws IOException {
    for (Map.Entry<String, String> file : mistake.files().entrySet()) {
      boolean latin = file.getKey().endsWith(" !latin1");
      Path path = directory.resolve(file.getKey().replace(" !latin1", ""));
      Files.createDirectories(path.getParent());
      if (path.toString().endsWith(".gz") && file.getValue().startsWith("cut off")) {
        Files.write(path, cutOff());
        continue;
      }
      Charset charset = latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
      Files.writeString(path, file.getValue(), charset);
    }
    List<Path> before = files();
    List<String> arguments = new ArrayList<>();
    for (String argument : mistake.arguments()) {
      // Names of files are relative to the test's directory, which is not the process's.
      boolean file =
          argument.matches("[a-z0-9/*]+\\.(yaml|yml|jsonl|csv|csv\\.gz)|empty|golden|out");
      arguments.add(file ? directory.resolve(argument).toString() : argument);
    }

    Invocation result = Invocation.of(arguments.toArray(String[]::new));

    assertThat(result.status()).as(result.err()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(mistake.messages()).isNotEmpty();
    assertThat(result.err().replace(directory + "/", "")).contains(mistake.messages());
    assertThat(result.err()).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(result.err().lines().count()).isLessThanOrEqualTo(12);
    assertThat(files()).as("files").isEqualTo(before);
  }

  /** The first half of what gzip makes of a text. */
  private static byte[] cutOff() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < 10_000; i++) {
        gzip.write(Integer.toString(i * 7919).getBytes(StandardCharsets.UTF_8));
      }
    }
    return Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }
}
