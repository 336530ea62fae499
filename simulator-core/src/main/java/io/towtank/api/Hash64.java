package io.towtank.api;

/** 64-bit hashes that are the same in every JVM and run. */
public final class Hash64 {
  /** What a sequence's hash starts from. */
  public static final long SEED = 0x9e3779b97f4a7c15L;

  private Hash64() {}

  /** Spreads every bit over all others (the finalizer of SplitMix64); no two values collide. */
  public static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * The hash of a sequence that goes on with a value. It begins with {@link #SEED} or with a hash,
   * not with a plain value.
   */
  public static long add(long hash, long value) {
    // Multiplication keeps the order of the values in, the rotation takes high bits down.
    return Long.rotateLeft((hash ^ value) * SEED, 29) + 0x632be59bd9b4e019L;
  }

  /** The hash of two values in this order, which may be small and related. */
  public static long pair(long first, long second) {
    return add(add(SEED, first), second);
  }

  /**
   * The hash of a text. It takes the last eight characters as they are, where generated names
   * differ, and the rest from {@link String#hashCode}, which strings remember: so it costs a few
   * nanoseconds whatever the length.
   */
  public static long of(String text) {
    int length = text.length();
    long last = 0;
    for (int i = Math.max(0, length - 8); i < length; i++) {
      last = last << 8 ^ text.charAt(i);
    }
    return mix(pair(last, (long) text.hashCode() << 32 | length));
  }
}
