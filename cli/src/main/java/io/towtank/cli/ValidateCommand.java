package io.towtank.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Note;
import io.towtank.manifest.Problem;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.ScenarioRunner;
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
          + " right. Each scenario is checked by itself; manifests are checked together, as one run"
          + " would have them, so that an object may be in a namespace of another file.",
      "",
      "Try: @|bold towtank validate scenarios/library/|@",
      ""
    })
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "scenarios, manifests, directories, or patterns")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the result is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Mixin private RecursiveOption recursive;

  @Mixin private PluginsOption plugins;

  /** What became of a file. */
  private static final class Checked {
    private final Path file;
    private ImmutableList<Note> notes = ImmutableList.of();
    private ImmutableList<Problem> problems = ImmutableList.of();
    private @Nullable String failure;
    private boolean plain;

    Checked(Path file) {
      this.file = file;
    }

    boolean valid() {
      return problems.isEmpty() && failure == null;
    }
  }

  @Override
  public Integer call() throws IOException {
    List<Checked> all = new ArrayList<>();
    for (Path name : files) {
      for (Path file : InputFiles.find(Path.of(""), name.toString(), recursive.asked())) {
        all.add(check(file));
      }
    }
    checkTogether(all.stream().filter(one -> one.plain).toList());
    if (output == OutputFormat.JSON) {
      spec.commandLine().getOut().print(Json.text(json(all)));
    } else {
      all.forEach(this::print);
    }
    return all.stream().allMatch(Checked::valid) ? ExitCode.OK : ExitCode.USER_ERROR;
  }

  private Checked check(Path file) {
    Checked checked = new Checked(file);
    try {
      ScenarioFiles read = read(List.of(checked));
      checked.notes = read.notes();
      checked.plain = !read.hasScenario();
      if (!checked.plain) {
        new ScenarioRunner(read.scenario(), RunOptions.DEFAULT).rehearse();
      }
    } catch (ManifestException e) {
      checked.problems = e.problems();
    } catch (InvalidInputException e) {
      checked.failure = e.getMessage();
    }
    return checked;
  }

  /** Finds what only shows where all manifests are created, and tells it of the files it is in. */
  private void checkTogether(List<Checked> manifests) {
    if (manifests.isEmpty()) {
      return;
    }
    try {
      ScenarioFiles read = read(manifests);
      for (Checked checked : manifests) {
        checked.notes =
            read.notes().stream()
                .filter(note -> note.source().equals(checked.file.toString()))
                .collect(ImmutableList.toImmutableList());
      }
      new ScenarioRunner(read.scenario(), RunOptions.DEFAULT).rehearse();
    } catch (ManifestException e) {
      for (Checked checked : manifests) {
        checked.problems =
            e.problems().stream()
                .filter(problem -> problem.source().equals(checked.file.toString()))
                .collect(ImmutableList.toImmutableList());
      }
    } catch (InvalidInputException e) {
      manifests.getFirst().failure = e.getMessage();
    }
  }

  private ScenarioFiles read(List<Checked> files) {
    return ScenarioFiles.read(
        files.stream().map(checked -> checked.file.toString()).distinct().toList(),
        ScenarioOverridesBuilder.builder().pluginFiles(plugins.get()).build());
  }

  private void print(Checked checked) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    checked.notes.forEach(out::println);
    checked.problems.forEach(err::println);
    if (checked.failure != null) {
      err.println(checked.failure);
    }
    if (checked.valid()) {
      out.println(checked.file + ": ok");
    }
  }

  /** The result as a document; scenarios/README.md has its names. */
  private static ObjectNode json(List<Checked> all) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("valid", all.stream().allMatch(Checked::valid));
    ArrayNode fileNodes = document.putArray("files");
    for (Checked checked : all) {
      ObjectNode file = fileNodes.addObject();
      file.put("file", checked.file.toString());
      file.put("valid", checked.valid());
      ArrayNode problems = file.putArray("problems");
      for (Problem problem : checked.problems) {
        problems
            .addObject()
            .put("line", problem.line())
            .put("column", problem.column())
            .put("path", problem.path())
            .put("message", problem.message())
            .put("suggestion", problem.suggestion());
      }
      if (checked.failure != null) {
        problems.addObject().put("message", checked.failure);
      }
      ArrayNode notes = file.putArray("notes");
      for (Note note : checked.notes) {
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
