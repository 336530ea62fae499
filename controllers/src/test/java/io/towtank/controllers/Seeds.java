package io.towtank.controllers;

import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs of a property test. A failure names its seed; {@code -Dtowtank.seed=N} runs that one alone.
 */
public final class Seeds {
  private Seeds() {}

  /** Runs a test with many seeds, or with the one that is asked for. */
  public static void forEach(int runs, Consumer<Random> test) {
    Long only = Long.getLong("towtank.seed");
    if (only != null) {
      test.accept(new Random(only));
      return;
    }
    for (long seed = 1; seed <= runs; seed++) {
      try {
        test.accept(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("replay with -Dtowtank.seed=" + seed, e);
      }
    }
  }
}
