package io.towtank.benchmarks.engine;

import java.util.SplittableRandom;

/** Delays drawn beforehand, so that drawing is not what is measured. */
final class Offsets {
  private static final int COUNT = 1 << 16;

  private final long[] nanos = new long[COUNT];
  private int next;

  /** Exponential, with a mean in nanoseconds. */
  Offsets(long seed, double meanNanos) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < COUNT; i++) {
      nanos[i] = (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
    }
  }

  long next() {
    return nanos[next++ & (COUNT - 1)];
  }
}
