package io.towtank.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same input has the same digest in every JVM: whole runs, with all components. */
class DigestTest {
  private static final Path LIBRARY = Path.of("..", "scenarios", "library");
  private static final List<String> SCENARIOS =
      List.of("backend", "numbered-pods", "guarded-team", "jobs", "following-load", "spreading");
  private static final Pattern DIGEST = Pattern.compile("\"digest\" : \"([0-9a-f]{16})\"");

  /** Prints the digest of each scenario. */
  static final class Runs {
    public static void main(String[] arguments) {
      System.out.println(digests());
    }
  }

  /** Other heaps, collectors, layouts and identity hash codes (2: all the same, 3: counted). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx160m -XX:+UseSerialGC -XX:hashCode=3 -XX:TieredStopAtLevel=1",
        "-Xmx700m -XX:+UseParallelGC -XX:hashCode=2 -XX:+UseCompactObjectHeaders"
      })
  void isTheSameInAnotherJvm(String options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UnlockExperimentalVMOptions");
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Runs.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(output).isTrue();

    assertThat(output.strip()).isEqualTo(digests().toString());
  }

  private static List<String> digests() {
    List<String> digests = new ArrayList<>();
    for (String scenario : SCENARIOS) {
      Path file = LIBRARY.resolve(scenario + ".yaml");
      assertThat(Files.exists(file)).as(file + " exists").isTrue();
      Invocation run = Invocation.of("run", file.toString(), "--output", "json");
      Matcher digest = DIGEST.matcher(run.out());
      assertThat(digest.find()).as(run.err() + run.out()).isTrue();
      digests.add(scenario + " " + digest.group(1));
    }
    return digests;
  }
}
