package io.towtank.cli;

import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.trace.TraceGenerator;
import java.io.IOException;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code towtank generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    header = "Makes traces, and completions for shells.",
    synopsisSubcommandLabel = "COMMAND")
final class GenerateCommand implements Runnable {
  private static final int MOST = 100_000_000;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new InvalidInputException("towtank generate: say what: trace or completion");
  }

  @Command(
      name = "trace",
      mixinStandardHelpOptions = true,
      header = "Makes a trace in the openb format: nodes.csv and pods.csv.gz.",
      description = {
        "",
        "Arrivals follow the day and the week, lifetimes are log-normal, demands and GPUs are drawn"
            + " by weight: scenarios/README.md tells the numbers. The same seed gives the same"
            + " trace.",
        "",
        "Try: @|bold towtank generate trace --nodes 200 --pods 5000 --days 7 -o mytrace|@",
        ""
      })
  int trace(
      @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "(default: 1)")
          long seed,
      @Option(
              names = "--nodes",
              paramLabel = "N",
              defaultValue = "100",
              description = "how many nodes (default: 100)")
          int nodes,
      @Option(
              names = "--pods",
              paramLabel = "N",
              defaultValue = "1000",
              description = "how many pods (default: 1000)")
          int pods,
      @Option(
              names = "--days",
              paramLabel = "N",
              defaultValue = "7",
              description = "over how many days (default: 7)")
          int days,
      @Option(
              names = {"-o", "--output-directory"},
              paramLabel = "DIR",
              required = true,
              description = "where the two files go; it is made if need be")
          Path directory)
      throws IOException {
    require("--nodes", nodes, 1, MOST);
    require("--pods", pods, 0, MOST);
    require("--days", days, 1, 36_500);
    new TraceGenerator(seed, nodes, pods, days).writeTo(directory);
    spec.commandLine()
        .getOut()
        .println(
            "wrote " + directory.resolve("nodes.csv") + " and " + directory.resolve("pods.csv.gz"));
    return ExitCode.OK;
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidInputException(
          option + " " + value + " is not from " + least + " to " + most);
    }
  }

  @Command(
      name = "completion",
      mixinStandardHelpOptions = true,
      header = "Prints a completion for bash and zsh.",
      description = {"", "Try: @|bold source <(towtank generate completion)|@", ""})
  int completion() {
    spec.commandLine().getOut().print(AutoComplete.bash("towtank", spec.root().commandLine()));
    return ExitCode.OK;
  }
}
