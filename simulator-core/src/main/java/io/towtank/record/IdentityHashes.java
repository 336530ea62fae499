package io.towtank.record;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the hashes of the instances that were hashed lately. Where an instance is kept depends
 * on the JVM; what its hash is does not, so nothing but speed depends on what is remembered.
 */
final class IdentityHashes {
  private static final int SIZE = 1 << 16;

  private final @Nullable Object[] keys = new @Nullable Object[SIZE];
  private final long[] hashes = new long[SIZE];

  /** Where an instance is, or would be, remembered. */
  static int place(Object key) {
    return System.identityHashCode(key) & (SIZE - 1);
  }

  @SuppressWarnings("ReferenceEquality") // That is what it is for.
  boolean knows(int place, Object key) {
    return keys[place] == key;
  }

  long hash(int place) {
    return hashes[place];
  }

  void remember(int place, Object key, long hash) {
    keys[place] = key;
    hashes[place] = hash;
  }
}
