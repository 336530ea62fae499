package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** How to choose among groups that could grow (cluster-autoscaler: --expander). */
public enum Expander {
  /** Any of them. */
  RANDOM("random"),
  /** The most pods find room. */
  MOST_PODS("most-pods"),
  /** The least share of CPU and memory, taken together, is left idle on the new nodes. */
  LEAST_WASTE("least-waste"),
  /** The fewest nodes. */
  LEAST_NODES("least-nodes"),
  /** The cheapest new nodes for the CPU that the pods on them ask for. */
  PRICE("price"),
  /** The highest number of which a pattern matches the group's name. */
  PRIORITY("priority");

  private final String text;

  Expander(String text) {
    this.text = text;
  }

  /** As the flag has it. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * Chooses one.
   *
   * @param options at least one
   * @param expanders each leaves those that it likes best to the next; random after the last
   * @param random where chance comes from; drawn from only where options tie
   */
  static ExpansionOption choose(
      ImmutableList<ExpansionOption> options,
      List<Expander> expanders,
      ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities,
      RandomGenerator random) {
    ImmutableList<ExpansionOption> left = options;
    for (Expander expander : expanders) {
      left = expander.best(left, priorities);
      if (expander == RANDOM) {
        break;
      }
    }
    return left.size() == 1 ? left.get(0) : left.get(random.nextInt(left.size()));
  }

  private ImmutableList<ExpansionOption> best(
      ImmutableList<ExpansionOption> options,
      ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities) {
    return switch (this) {
      case RANDOM -> options;
      case MOST_PODS -> least(options, option -> -option.pods().size());
      case LEAST_WASTE -> least(options, option -> option.wastedCpu() + option.wastedMemory());
      case LEAST_NODES -> least(options, ExpansionOption::nodes);
      case PRICE ->
          least(options, option -> option.pricePerHour() / Math.max(1, option.requestedMilliCpu()));
      case PRIORITY -> byPriority(options, priorities);
    };
  }

  private static ImmutableList<ExpansionOption> least(
      ImmutableList<ExpansionOption> options, ToDoubleFunction<ExpansionOption> cost) {
    double least =
        options.stream().mapToDouble(cost).min().orElseThrow(IllegalArgumentException::new);
    return options.stream()
        .filter(option -> cost.applyAsDouble(option) == least)
        .collect(ImmutableList.toImmutableList());
  }

  /** Where no pattern matches any group, all stay (cluster-autoscaler: priority.go). */
  private static ImmutableList<ExpansionOption> byPriority(
      ImmutableList<ExpansionOption> options,
      ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities) {
    for (ImmutableList<Pattern> patterns : priorities.descendingMap().values()) {
      ImmutableList<ExpansionOption> matching =
          options.stream()
              .filter(option ->
                  patterns.stream().anyMatch(p -> p.matcher(option.group().name()).find()))
              .collect(ImmutableList.toImmutableList());
      if (!matching.isEmpty()) {
        return matching;
      }
    }
    return options;
  }
}
