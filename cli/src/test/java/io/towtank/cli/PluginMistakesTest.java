package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin does wrong is told as the plugin's doing. */
class PluginMistakesTest {
  private static final String SERVICE = "META-INF/services/io.towtank.scheduler.framework.Plugin";

  @TempDir private Path directory;

  /** A run with a plugin that scores nodes so. */
  private Invocation run(String score) throws IOException {
    Path source =
        Files.writeString(
            directory.resolve("Odd.java"),
            """
            package example;
            import io.towtank.scheduler.framework.ScorePlugin;
            import io.towtank.scheduler.state.NodeInfo;
            import io.towtank.scheduler.state.PodInfo;
            public final class Odd implements ScorePlugin<String> {
              public String name() { return "Odd"; }
              public String preScore(PodInfo pod) { return "any"; }
              public long score(String demand, NodeInfo node) { %s }
            }
            """
                .formatted(score));
    Path build = directory.resolve("build");
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-d",
                    build.toString(),
                    source.toString()))
        .isZero();
    Files.createDirectories(build.resolve(SERVICE).getParent());
    Files.writeString(build.resolve(SERVICE), "example.Odd\n");
    Path configuration =
        Files.writeString(
            directory.resolve("odd.yaml"),
            """
            apiVersion: kubescheduler.config.k8s.io/v1
            kind: KubeSchedulerConfiguration
            profiles:
            - plugins: {score: {enabled: [{name: Odd}]}}
            """);
    Path pod =
        Files.writeString(
            directory.resolve("pod.yaml"),
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image:"
                + " i}]}}");
    return Invocation.of(
        "run", "--plugins", build.toString(), pod.toString(), configuration.toString());
  }

  @Test
  void anExceptionIsShownAsFarAsThePluginsCodeGoes() throws IOException {
    Invocation result = run("throw new IllegalStateException(\"oh\");");
    assertThat(result.status()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(result.err())
        .startsWith("a scheduler plugin failed: java.lang.IllegalStateException: oh")
        .contains("at example.Odd.score (Odd.java:8)")
        .doesNotContain("io.towtank", "bug of Towtank");
  }

  @Test
  void scoresOutOfRangeAreRefused() throws IOException {
    Invocation result = run("return 101;");
    assertThat(result.status()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(result.err())
        .contains("scheduler plugin \"Odd\" gave node node-00000 the score 101", "from 0 to 100");
  }

  @Test
  void aPluginThatKeepsToItWorks() throws IOException {
    assertThat(run("return 100;").status()).isZero();
  }
}
