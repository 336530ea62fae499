package io.towtank.cli;

import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Note;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    header = "Checks scenarios and manifests and tells everything that is wrong with them.",
    description = {"", "Try: @|bold towtank validate scenarios/library/|@", ""})
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "scenarios, manifests, directories, or patterns; each file is checked alone")
  private List<String> files = new ArrayList<>();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean good = true;
    for (String name : files) {
      for (Path file : InputFiles.find(Path.of(""), name)) {
        try {
          ScenarioFiles read = ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE);
          for (Note note : read.notes()) {
            out.println(note);
          }
          out.println(file + ": ok");
        } catch (ManifestException | InvalidInputException e) {
          good = false;
          err.println(e.getMessage());
        }
      }
    }
    return good ? ExitCode.OK : ExitCode.USER_ERROR;
  }
}
