package io.towtank.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Note;
import io.towtank.manifest.Problem;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    header = "Checks scenarios and manifests and tells everything that is wrong with them.",
    description = {
      "",
      "Nothing is run. Each problem is told with its file, line, column, path, and what would be"
          + " right.",
      "",
      "Try: @|bold towtank validate scenarios/library/|@",
      ""
    })
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "scenarios, manifests, directories, or patterns; each file is checked alone")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the result is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Mixin private PluginsOption plugins;

  /** What became of a file. */
  private record Checked(
      Path file, List<Note> notes, List<Problem> problems, @Nullable String failure) {
    boolean valid() {
      return problems.isEmpty() && failure == null;
    }
  }

  @Override
  public Integer call() throws IOException {
    boolean text = output == OutputFormat.TEXT;
    List<Checked> all = new ArrayList<>();
    for (String name : files) {
      for (Path file : InputFiles.find(Path.of(""), name)) {
        Checked checked = check(file);
        all.add(checked);
        if (text) {
          print(checked);
        }
      }
    }
    if (!text) {
      spec.commandLine().getOut().print(Json.text(json(all)));
    }
    return all.stream().allMatch(Checked::valid) ? ExitCode.OK : ExitCode.USER_ERROR;
  }

  private Checked check(Path file) {
    try {
      ScenarioOverrides overrides =
          ScenarioOverridesBuilder.builder().pluginFiles(plugins.get()).build();
      ScenarioFiles read = ScenarioFiles.read(List.of(file.toString()), overrides);
      return new Checked(file, read.notes(), List.of(), null);
    } catch (ManifestException e) {
      return new Checked(file, List.of(), e.problems(), null);
    } catch (InvalidInputException e) {
      return new Checked(file, List.of(), List.of(), e.getMessage());
    }
  }

  private void print(Checked checked) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    checked.notes().forEach(out::println);
    checked.problems().forEach(err::println);
    if (checked.failure() != null) {
      err.println(checked.failure());
    }
    if (checked.valid()) {
      out.println(checked.file() + ": ok");
    }
  }

  /** The result as a document; scenarios/README.md has its names. */
  private static ObjectNode json(List<Checked> all) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("valid", all.stream().allMatch(Checked::valid));
    ArrayNode fileNodes = document.putArray("files");
    for (Checked checked : all) {
      ObjectNode file = fileNodes.addObject();
      file.put("file", checked.file().toString());
      file.put("valid", checked.valid());
      ArrayNode problems = file.putArray("problems");
      for (Problem problem : checked.problems()) {
        problems
            .addObject()
            .put("line", problem.line())
            .put("column", problem.column())
            .put("path", problem.path())
            .put("message", problem.message())
            .put("suggestion", problem.suggestion());
      }
      if (checked.failure() != null) {
        problems.addObject().put("message", checked.failure());
      }
      ArrayNode notes = file.putArray("notes");
      for (Note note : checked.notes()) {
        notes
            .addObject()
            .put("line", note.line())
            .put("column", note.column())
            .put("message", note.message());
      }
    }
    return document;
  }
}
