package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.Map;

/** How often something was. */
public record Tally(String what, long count) {
  /** As a list: the most frequent first, the equally frequent by name. */
  public static ImmutableList<Tally> mostFrequentFirst(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> new Tally(count.getKey(), count.getValue()))
        .sorted(Comparator.comparingLong(Tally::count).reversed().thenComparing(Tally::what))
        .collect(ImmutableList.toImmutableList());
  }
}
