package io.towtank.scenarios.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Compiles plugins as users do: with {@code javac} alone. */
final class Javac {
  private Javac() {}

  /** Compiles a source file against what the test runs with, without annotation processors. */
  static void compile(Path source, Path into) {
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
                    into.toString(),
                    source.toString()))
        .isZero();
  }
}
