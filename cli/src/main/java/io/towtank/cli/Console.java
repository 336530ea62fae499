package io.towtank.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What is known of the terminal, if there is one. The launcher tells in system properties: from
 * within, Java sees only whether all streams are a terminal's.
 */
final class Console {
  private Console() {}

  static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
  }

  /** Whether results are printed to a terminal, so that colours are welcome (no-color.org). */
  static boolean colours() {
    String refused = System.getenv("NO_COLOR");
    return Boolean.getBoolean("towtank.terminal.out") && (refused == null || refused.isEmpty());
  }

  /** Whether a line that is written over and over again can be shown. */
  static boolean progress() {
    return Boolean.getBoolean("towtank.terminal.err");
  }

  /** How many characters a line of the terminal has. */
  static int width() {
    return Integer.getInteger("towtank.terminal.width", 100);
  }
}
