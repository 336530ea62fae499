package io.towtank.cli;

import com.google.common.base.Strings;
import io.towtank.conformance.Conformance;
import io.towtank.conformance.ConformanceResult;
import io.towtank.conformance.Disagreement;
import io.towtank.conformance.FileResult;
import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank conformance}. */
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    header = "Compares Towtank's decisions with those recorded from Kubernetes' own code.",
    description = {
      "",
      "Each golden file holds inputs and what Kubernetes made of them; every line is tried here.",
      "A line a file is printed, and the exit status is 1 where anything disagrees.",
      "",
      "Try: @|bold towtank conformance --show 3|@",
      ""
    })
final class ConformanceCommand implements Callable<Integer> {
  /** Wider than the names that there are; a longer one pushes its own result to the right. */
  private static final int NAME_WIDTH = 44;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description =
          "a directory of golden files (api/*.jsonl.gz …) (default: those that come with Towtank)")
  private @Nullable Path directory;

  @Option(
      names = "--show",
      paramLabel = "N",
      defaultValue = "0",
      description = "print the first N disagreements of each file as a diff")
  private int show;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the result is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() throws IOException {
    if (show < 0) {
      throw new InvalidInputException("--show " + show + " is less than 0");
    }
    if (directory != null && !Files.isDirectory(directory)) {
      throw new InvalidInputException(directory, "there is no such directory");
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean text = output == OutputFormat.TEXT;
    ConformanceResult result =
        Conformance.run(
            Optional.ofNullable(directory), text ? file -> print(out, file) : file -> {});
    if (!text) {
      out.print(Json.text(result.toJson(show)));
    }
    return result.agrees() ? ExitCode.OK : ExitCode.DISAPPOINTED;
  }

  static String line(FileResult file) {
    return Strings.padEnd(file.file(), NAME_WIDTH - 2, ' ') + "  " + file.summary();
  }

  private void print(PrintWriter out, FileResult file) {
    out.println(line(file));
    for (Disagreement disagreement :
        file.disagreements().subList(0, Math.min(show, file.disagreements().size()))) {
      out.println();
      disagreement.diff().lines().forEach(line -> out.println("  " + line));
    }
    out.flush();
  }
}
