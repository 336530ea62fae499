package io.towtank.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's own messages: what it does before there is a JVM. */
final class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "towtank");
  private static final Pattern USUAL_PLACES =
      Pattern.compile("(?s)  candidates\\+=\\(\n.*?\n  \\)\n");

  @TempDir private Path directory;

  @BeforeEach
  void needsBash() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "this system has no bash");
  }

  private record Result(int status, String output) {}

  /** Runs a script with nothing on the PATH but what any system has, and no Java. */
  private Result run(Path script, String... arguments) throws IOException, InterruptedException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (String tool : new String[] {"dirname", "readlink"}) {
      Path wrapper = bin.resolve(tool);
      Files.writeString(wrapper, "#!/bin/sh\nexec /usr/bin/" + tool + " \"$@\"\n");
      assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }
    String[] command = new String[arguments.length + 2];
    command[0] = "/bin/bash";
    command[1] = script.toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Test
  void tellsWhereItLookedForAJdk() throws IOException, InterruptedException {
    String text = Files.readString(LAUNCHER);
    // On a machine that has a JDK 25 in one of the usual places, it is not to look there.
    assertThat(text).containsPattern(USUAL_PLACES);
    Path script =
        Files.writeString(
            directory.resolve("towtank"), USUAL_PLACES.matcher(text).replaceFirst(""));

    Result result = run(script, "run", "app.yaml");

    assertThat(result.status()).as(result.output()).isEqualTo(2);
    assertThat(result.output())
        .startsWith("towtank: there is no JDK 25 on this machine.")
        .contains("JAVA_HOME", "https://adoptium.net/temurin/releases/?version=25");
  }

  @Test
  void aHeapOfNoSizeIsTold() throws IOException, InterruptedException {
    Result result = run(LAUNCHER.toAbsolutePath().normalize(), "--heap", "much", "run");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.output())
        .isEqualTo("towtank: --heap: 'much' is no size: write it as in --heap 8g\n");
  }
}
