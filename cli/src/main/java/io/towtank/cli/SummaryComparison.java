package io.towtank.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between the summaries of several runs. */
final class SummaryComparison {
  /** What the machine has a part in, and what differs with every difference. */
  private static final ImmutableSet<String> NO_RESULTS =
      ImmutableSet.of("digest", "seed", "wallSeconds", "speedup", "eventsPerSecond");

  /**
   * A figure.
   *
   * @param name its place in the summary, as in {@code startup.p99}
   * @param values by run; null where a run has none
   */
  record Figure(String name, ImmutableList<Value> values) {
    boolean differs() {
      return ImmutableSet.copyOf(values).size() > 1;
    }

    /**
     * The change from the first run to the last, in percent; empty where there is no such thing.
     */
    String change() {
      Double from = values.getFirst().number();
      Double to = values.getLast().number();
      if (from == null || to == null || from == 0 || from.equals(to)) {
        return "";
      }
      return String.format(Locale.ROOT, "%+.1f %%", (to - from) / Math.abs(from) * 100);
    }
  }

  /** A figure's value in a run; absent where the run has none. */
  record Value(@Nullable String text, @Nullable Double number) {
    static Value of(@Nullable JsonNode leaf) {
      return leaf == null
          ? new Value(null, null)
          : new Value(leaf.asText(), leaf.isNumber() ? leaf.asDouble() : null);
    }

    @Override
    public String toString() {
      return text == null ? "-" : text;
    }
  }

  private SummaryComparison() {}

  /** All figures that any of the summaries has, in their order. */
  static ImmutableList<Figure> of(List<JsonNode> summaries) {
    List<Map<String, JsonNode>> runs = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode summary : summaries) {
      Map<String, JsonNode> leaves = new LinkedHashMap<>();
      collect("", summary, leaves);
      runs.add(leaves);
      names.addAll(leaves.keySet());
    }
    ImmutableList.Builder<Figure> figures = ImmutableList.builder();
    for (String name : names) {
      if (!NO_RESULTS.contains(name)) {
        figures.add(
            new Figure(
                name,
                runs.stream()
                    .map(run -> Value.of(run.get(name)))
                    .collect(ImmutableList.toImmutableList())));
      }
    }
    return figures.build();
  }

  /** Lists are left out: they are of different things in different runs. */
  private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      if (field.getValue().isObject()) {
        collect(name, field.getValue(), leaves);
      } else if (field.getValue().isValueNode()) {
        leaves.put(name, field.getValue());
      }
    }
  }
}
