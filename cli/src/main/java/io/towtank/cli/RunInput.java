package io.towtank.cli;

import io.towtank.manifest.Note;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is run, beside the files: the options of all commands that run something. */
final class RunInput {
  @Mixin private RecursiveOption recursive;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description =
          "how many nodes: node-00000 and so on of 32 CPU, 256Gi and 110 pods, in three zones in"
              + " turn; in a scenario, the size of its only pool (default: 3, or what the scenario"
              + " says)")
  private @Nullable Integer nodes;

  @Option(
      names = "--node-template",
      paramLabel = "FILE",
      description = "a manifest with one Node that all nodes of --nodes are like")
  private @Nullable Path nodeTemplate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "where all chance comes from: the same seed, the same run (default: 1)")
  private @Nullable Long seed;

  @Option(
      names = "--trace",
      paramLabel = "KIND",
      completionCandidates = Words.TraceFormats.class,
      description = "simulate a trace of a real cluster; the format is openb")
  private @Nullable String trace;

  @Option(
      names = "--nodes-file",
      paramLabel = "FILE",
      description = "the trace's nodes (.csv, .csv.gz)")
  private @Nullable Path nodesFile;

  @Option(
      names = "--pods-file",
      paramLabel = "FILE",
      description = "the trace's pods (.csv, .csv.gz)")
  private @Nullable Path podsFile;

  @Mixin private PluginsOption plugins;

  /**
   * Reads all of it, and tells what the authors of the files should know.
   *
   * @param until when to end, null where nothing is said of it
   */
  Scenario read(List<Path> files, End.@Nullable Until until, PrintWriter err) {
    if (files.isEmpty() && trace == null) {
      throw new InvalidInputException(
          "there is nothing to run: name a scenario, manifests, or a --trace");
    }
    if (trace == null && (nodesFile != null || podsFile != null)) {
      throw new InvalidInputException(
          "--nodes-file and --pods-file belong to a --trace, and there is none");
    }
    ScenarioFiles read =
        ScenarioFiles.read(
            files.stream().map(Path::toString).toList(),
            ScenarioOverridesBuilder.builder()
                .recursive(recursive.asked())
                .nodes(nodes)
                .nodeTemplate(nodeTemplate)
                .seed(seed)
                .until(until)
                .traceFormat(trace)
                .traceNodes(nodesFile)
                .tracePods(podsFile)
                .pluginFiles(plugins.get())
                .build());
    if (!read.hasScenario()
        && trace == null
        && read.scenario().objects().isEmpty()
        && read.scenario().stages().isEmpty()) {
      throw new InvalidInputException(
          files.getFirst()
              + ": there is nothing to run in "
              + (files.size() == 1 ? "it" : "these files")
              + ": no object and no scenario");
    }
    for (Note note : read.notes()) {
      err.println(note);
    }
    return read.scenario();
  }
}
