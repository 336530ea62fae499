package io.towtank.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.explain.DecisionScenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code towtank explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    subcommands = ExplainPodCommand.class,
    header = "Tells why the scheduler decides as it does.",
    description = {
      "",
      "Of one pod in a run, or of all pods in recorded scheduling scenarios.",
      "",
      "Try these:",
      "  @|bold towtank explain pod web-0 app.yaml|@",
      "  @|bold towtank explain --scenarios scheduler/mixed.jsonl.gz --output jsonl|@",
      ""
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--scenarios",
      paramLabel = "FILE",
      description =
          "scheduling scenarios (.jsonl, .jsonl.gz): one document a line with objects, a queue of"
              + " pods and perhaps a schedulerConfig; decisions are printed, a line for each")
  private @Nullable Path scenarios;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "JSONL",
      description = "how decisions are printed: jsonl, which is the only format")
  private Format output = Format.JSONL;

  /** How decisions are printed. */
  enum Format {
    JSONL
  }

  @Override
  public Integer call() {
    if (scenarios == null) {
      throw new InvalidInputException(
          "there is nothing to explain: name --scenarios, or a pod (towtank explain pod --help)");
    }
    switch (output) {
      case JSONL -> explain(scenarios);
    }
    return ExitCode.OK;
  }

  private void explain(Path file) {
    ObjectMapper mapper = new ObjectMapper();
    PrintWriter out = spec.commandLine().getOut();
    long number = 0;
    try (BufferedReader lines = InputFiles.lines(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          out.println(mapper.writeValueAsString(DecisionScenario.decide(mapper.readTree(line))));
        }
      }
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw InvalidInputException.at(
          file, number, Math.max(1, column), "", "no JSON: " + e.getOriginalMessage(), null);
    } catch (ConfigurationException e) {
      throw InvalidInputException.at(
          file, number, 1, "schedulerConfig." + e.path(), e.problem(), e.suggestion());
    } catch (MalformedDocumentException e) {
      throw InvalidInputException.at(file, number, 1, e.path(), e.problem(), null);
    } catch (IOException e) {
      throw InvalidInputException.unreadable(file, e);
    }
  }
}
