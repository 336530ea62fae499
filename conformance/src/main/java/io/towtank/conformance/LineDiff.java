package io.towtank.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** Lines that turn one document into another, with a few equal lines around them. */
final class LineDiff {
  private static final int CONTEXT = 3;

  /** Above this many pairs of lines, the middle is shown as removed and added whole. */
  private static final long MAX_PAIRS = 25_000_000;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final ObjectWriter WRITER = MAPPER.writerWithDefaultPrettyPrinter();

  private LineDiff() {}

  static List<String> of(JsonNode expected, JsonNode actual) {
    return of(lines(expected), lines(actual));
  }

  private static List<String> lines(JsonNode node) {
    if (node.isMissingNode()) {
      return List.of();
    }
    try {
      // As plain maps, since only those are written in order of their keys.
      return WRITER.writeValueAsString(MAPPER.treeToValue(node, Object.class)).lines().toList();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree could not be written", e);
    }
  }

  static List<String> of(List<String> expected, List<String> actual) {
    int start = 0;
    while (start < expected.size()
        && start < actual.size()
        && expected.get(start).equals(actual.get(start))) {
      start++;
    }
    int tail = 0;
    while (tail < expected.size() - start
        && tail < actual.size() - start
        && expected.get(expected.size() - 1 - tail).equals(actual.get(actual.size() - 1 - tail))) {
      tail++;
    }
    List<String> marked = new ArrayList<>();
    expected.subList(0, start).forEach(line -> marked.add("  " + line));
    middle(
        expected.subList(start, expected.size() - tail),
        actual.subList(start, actual.size() - tail),
        marked);
    expected
        .subList(expected.size() - tail, expected.size())
        .forEach(line -> marked.add("  " + line));
    return withContext(marked);
  }

  /** By the longest common subsequence. */
  private static void middle(List<String> expected, List<String> actual, List<String> marked) {
    int rows = expected.size();
    int columns = actual.size();
    if ((long) rows * columns > MAX_PAIRS) {
      expected.forEach(line -> marked.add("- " + line));
      actual.forEach(line -> marked.add("+ " + line));
      return;
    }
    int[][] common = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        common[i][j] =
            expected.get(i).equals(actual.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && expected.get(i).equals(actual.get(j))) {
        marked.add("  " + expected.get(i++));
        j++;
      } else if (i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1])) {
        marked.add("- " + expected.get(i++));
      } else {
        marked.add("+ " + actual.get(j++));
      }
    }
  }

  private static List<String> withContext(List<String> marked) {
    boolean[] shown = new boolean[marked.size()];
    for (int i = 0; i < marked.size(); i++) {
      if (marked.get(i).charAt(0) != ' ') {
        int last = Math.min(marked.size() - 1, i + CONTEXT);
        for (int near = Math.max(0, i - CONTEXT); near <= last; near++) {
          shown[near] = true;
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < marked.size(); i++) {
      if (shown[i]) {
        lines.add(marked.get(i));
      } else if (i == 0 || shown[i - 1]) {
        lines.add("  ...");
      }
    }
    return lines;
  }
}
