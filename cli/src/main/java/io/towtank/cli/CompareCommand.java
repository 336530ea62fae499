package io.towtank.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    header = "Shows in what the summaries of runs differ: two policies, say.",
    description = {
      "",
      "Summaries are what @|bold towtank run --output json|@ prints. How long the computer took is"
          + " left out, and so are figures that are equal in all of them.",
      "",
      "Try these:",
      "  @|bold towtank run --output json app.yaml > before.json|@",
      "  @|bold towtank run --output json app.yaml policy.yaml > after.json|@",
      "  @|bold towtank compare before.json after.json|@",
      ""
    },
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  private static final String CONTROLLERS = "controllers.";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "2..*", description = "summaries as JSON, two or more")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the comparison is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = {"-v", "--verbose"},
      description = "what controllers counted, too, and figures that are equal")
  private boolean verbose;

  @Override
  public Integer call() throws IOException {
    List<JsonNode> summaries = new ArrayList<>();
    for (Path file : files) {
      summaries.add(summary(file));
    }
    List<SummaryComparison.Figure> figures =
        SummaryComparison.of(summaries).stream()
            .filter(
                figure -> verbose || (figure.differs() && !figure.name().startsWith(CONTROLLERS)))
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    if (output == OutputFormat.JSON) {
      out.print(Json.text(json(figures)));
    } else if (sameRun(summaries)) {
      out.println("The runs are the same, to the last write: their digests are equal.");
    } else if (figures.isEmpty()) {
      out.println("No figure differs; what controllers counted may (-v).");
    } else {
      print(figures, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static boolean sameRun(List<JsonNode> summaries) {
    return summaries.stream()
            .map(summary -> summary.path("digest").asText())
            .collect(ImmutableSet.toImmutableSet())
            .size()
        == 1;
  }

  private static JsonNode summary(Path file) {
    JsonNode summary;
    try {
      summary = new ObjectMapper().readTree(InputFiles.read(file));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file, "no JSON: " + e.getOriginalMessage() + "; " + howToGet());
    }
    if (!summary.path("digest").isTextual()) {
      throw new InvalidInputException(file, "no summary of a run; " + howToGet());
    }
    return summary;
  }

  private static String howToGet() {
    return "towtank run --output json prints one";
  }

  private void print(List<SummaryComparison.Figure> figures, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    ImmutableList.Builder<String> head = ImmutableList.builder();
    head.add("FIGURE");
    files.forEach(file -> head.add(String.valueOf(file.getFileName())));
    rows.add(head.add("CHANGE").build());
    for (SummaryComparison.Figure figure : figures) {
      ImmutableList.Builder<String> row = ImmutableList.builder();
      row.add(figure.name());
      figure.values().forEach(value -> row.add(value.toString()));
      rows.add(row.add(figure.change()).build());
    }
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(Strings.padEnd(row.getFirst(), widths[0], ' '));
      for (int i = 1; i < widths.length; i++) {
        line.append("  ").append(Strings.padStart(row.get(i), widths[i], ' '));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private ArrayNode json(List<SummaryComparison.Figure> figures) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (SummaryComparison.Figure figure : figures) {
      ObjectNode values = all.addObject().put("figure", figure.name()).putObject("values");
      for (int i = 0; i < files.size(); i++) {
        put(values, files.get(i).toString(), figure.values().get(i));
      }
    }
    return all;
  }

  private static void put(ObjectNode values, String file, SummaryComparison.Value value) {
    @Nullable Double number = value.number();
    if (number != null) {
      values.put(file, number);
    } else {
      values.put(file, value.text());
    }
  }
}
