package io.towtank.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares what Towtank does with what Kubernetes did, as recorded in golden files. */
public final class Conformance {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Conformance() {}

  /**
   * Runs every golden file ({@code *.jsonl}, {@code *.jsonl.gz}) of a directory, in order of their
   * names.
   *
   * @param directory holds directories {@code api}, {@code scheduler}, ...; empty: the golden files
   *     that ship with Towtank
   * @param listener is told each file's result as soon as it is known
   * @throws ConformanceException where a file is of a kind that is not known, before anything is
   *     run, or holds what is no JSON
   */
  public static ConformanceResult run(Optional<Path> directory, Consumer<FileResult> listener) {
    List<GoldenFile> files =
        directory.isPresent() ? GoldenFile.in(directory.get()) : GoldenFile.shipped();
    List<Suites.Entry> entries = new ArrayList<>();
    for (GoldenFile file : files) {
      entries.add(Suites.find(file.name()).orElseThrow(() -> unknown(file)));
    }
    ImmutableList.Builder<FileResult> results = ImmutableList.builder();
    for (int i = 0; i < files.size(); i++) {
      FileResult result = run(files.get(i), entries.get(i));
      listener.accept(result);
      results.add(result);
    }
    return new ConformanceResult(results.build());
  }

  private static ConformanceException unknown(GoldenFile file) {
    String known = String.join(", ", Suites.ALL.stream().map(Suites.Entry::files).toList());
    String hint =
        Suites.ALL.stream()
            .map(Suites.Entry::files)
            .filter(name -> name.endsWith("/" + file.name()))
            .findFirst()
            .map(name -> "; did you mean the directory above it, in which it is " + name + "?")
            .orElse("");
    return new ConformanceException(
        file.place()
            + ": no kind of golden file is called \""
            + file.name()
            + "\"; known are "
            + known
            + hint);
  }

  private static FileResult run(GoldenFile file, Suites.Entry entry) {
    if (entry.suite().isEmpty()) {
      return new FileResult(
          file.name(), FileResult.Status.NOT_COVERED, 0, 0, entry.note(), ImmutableList.of());
    }
    Suite suite = entry.suite().get();
    int agree = 0;
    int total = 0;
    List<Disagreement> disagreements = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = file.open()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        for (CaseResult result : check(suite, parse(file, number, line))) {
          total++;
          if (result.agrees()) {
            agree++;
          } else if (disagreements.size() < FileResult.KEPT_DISAGREEMENTS) {
            disagreements.add(
                new Disagreement(
                    number,
                    result.name(),
                    result.differences(),
                    result.expected(),
                    result.actual()));
          }
        }
      }
    } catch (IOException e) {
      throw new ConformanceException(
          file.place() + ":" + (number + 1) + ": cannot be read: " + e.getMessage(), e);
    }
    return new FileResult(
        file.name(),
        agree == total ? FileResult.Status.AGREES : FileResult.Status.DISAGREES,
        agree,
        total,
        "",
        ImmutableList.copyOf(disagreements));
  }

  private static JsonNode parse(GoldenFile file, int number, String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new ConformanceException(
          file.place()
              + ":"
              + number
              + ": one JSON document is expected: "
              + e.getOriginalMessage(),
          e);
    }
  }

  /** A case that cannot even be run is one that disagrees; the others are still worth knowing. */
  private static List<CaseResult> check(Suite suite, JsonNode document) {
    try {
      return suite.check(document);
    } catch (RuntimeException e) {
      JsonNode failure = JsonNodeFactory.instance.objectNode().put("failure", e.toString());
      return List.of(
          new CaseResult(
              document.path("name").asText("could not be run"),
              document,
              failure,
              ImmutableList.of(new Difference("$", "an outcome", "a failure: " + e))));
    }
  }
}
