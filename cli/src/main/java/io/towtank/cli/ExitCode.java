package io.towtank.cli;

/** What the process's exit status says. */
final class ExitCode {
  /** All went as asked. */
  static final int OK = 0;

  /** The run went through, and something was not as expected. */
  static final int DISAPPOINTED = 1;

  /** What the user gave is wrong; nothing was run. */
  static final int USER_ERROR = 2;

  /** The memory that the JVM may use was not enough. */
  static final int OUT_OF_MEMORY = 3;

  /** Towtank is wrong (sysexits: EX_SOFTWARE). */
  static final int BUG = 70;

  private ExitCode() {}
}
