package io.towtank.time;

import java.util.random.RandomGenerator;

/**
 * A stream of random numbers that depends on nothing but the run's seed and the stream's name
 * (SplitMix64). It is 16 bytes of state: every node may have its own.
 */
public final class RandomStream implements RandomGenerator {
  private long state;

  RandomStream(long seed, String name) {
    state = seed;
    for (int i = 0; i < name.length(); i++) {
      state = mix(state + name.charAt(i));
    }
  }

  @Override
  public long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    return mix(state);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
