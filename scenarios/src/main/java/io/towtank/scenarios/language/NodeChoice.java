package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes an action is about: those that have all that is asked for, and of these all or so
 * many, drawn at random.
 *
 * @param names empty for any
 * @param selector what their labels match, null for any
 * @param zone what their label topology.kubernetes.io/zone is, null for any
 * @param count how many, null for all
 */
public record NodeChoice(
    ImmutableList<String> names,
    @Nullable Selector selector,
    @Nullable String zone,
    @Nullable Count count) {
  /** How many of the nodes that are meant. */
  public sealed interface Count {
    /** A number of nodes, or all where there are fewer. */
    record Nodes(int number) implements Count {}

    /** A share of the nodes, rounded up. */
    record Share(double ofAll) implements Count {}

    /** How many of {@code available} nodes. */
    default int of(int available) {
      return switch (this) {
        case Nodes(int number) -> Math.min(number, available);
        case Share(double share) -> Math.min(available, (int) Math.ceil(share * available - 1e-9));
      };
    }
  }

  /** All nodes. */
  public static final NodeChoice ALL = new NodeChoice(ImmutableList.of(), null, null, null);
}
