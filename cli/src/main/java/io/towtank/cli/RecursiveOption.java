package io.towtank.cli;

import picocli.CommandLine.Option;

/** The option {@code --recursive}, of all commands that read directories (kubectl apply -R). */
final class RecursiveOption {
  @Option(
      names = {"-R", "--recursive"},
      description = "read directories with all that is below them")
  private boolean recursive;

  boolean asked() {
    return recursive;
  }
}
