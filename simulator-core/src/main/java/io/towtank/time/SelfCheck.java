package io.towtank.time;

import org.jspecify.annotations.Nullable;

/**
 * Holds what a component keeps up to date step by step (an index, a total, a cache) against the
 * same computed from scratch. Registered by {@link Simulation#addSelfCheck}, it runs as {@link
 * CheckMode} says, always between two events.
 *
 * <p>A check only looks: it schedules nothing, draws no random numbers and changes nothing, so that
 * a run in any mode has the same digest.
 */
public interface SelfCheck {
  /** What is checked, as in {@code "store: index pods by spec.nodeName"}. */
  String name();

  /**
   * The first difference in a stable order, in words that name the place, what is there and what
   * should be; null where there is none.
   */
  @Nullable String firstDifference();
}
