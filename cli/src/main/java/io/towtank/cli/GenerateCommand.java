package io.towtank.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.trace.TraceGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code towtank generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    header = "Makes input for runs: traces.",
    description = {
      "",
      "Try: @|bold towtank generate trace --nodes 200 --pods 5000 --days 7 -o mytrace|@",
      ""
    },
    synopsisSubcommandLabel = "COMMAND")
final class GenerateCommand implements Runnable {
  private static final int MOST = 100_000_000;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new InvalidInputException("towtank generate: say what: trace");
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
          Path directory,
      @Option(
              names = "--output",
              paramLabel = "FORMAT",
              defaultValue = "TEXT",
              description = "how the result is printed: text or json (default: text)")
          OutputFormat output)
      throws IOException {
    require("--nodes", nodes, 1, MOST);
    require("--pods", pods, 0, MOST);
    require("--days", days, 1, 36_500);
    new TraceGenerator(seed, nodes, pods, days).writeTo(directory);
    Path nodesFile = directory.resolve("nodes.csv");
    Path podsFile = directory.resolve("pods.csv.gz");
    PrintWriter out = spec.commandLine().getOut();
    if (output == OutputFormat.JSON) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("nodesFile", nodesFile.toString()).put("podsFile", podsFile.toString());
      out.print(Json.text(document));
    } else {
      out.println("wrote " + nodesFile + " and " + podsFile);
    }
    return ExitCode.OK;
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidInputException(
          option + " " + value + " is not from " + least + " to " + most);
    }
  }
}
