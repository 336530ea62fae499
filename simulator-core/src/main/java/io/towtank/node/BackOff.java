package io.towtank.node;

/**
 * How long a kubelet waits before it tries again what has failed, a pull or a container: 10 s,
 * doubling up to 5 min, and from the beginning after 10 min (kubelet: MaxContainerBackOff, which
 * client-go's flowcontrol.Backoff forgets after twice that).
 */
final class BackOff {
  static final long FIRST_NANOS = 10_000_000_000L;
  static final long LAST_NANOS = 30 * FIRST_NANOS;
  private static final long FORGOTTEN_NANOS = 2 * LAST_NANOS;

  private BackOff() {}

  /** Whether a back-off, 0 for none, still counts. */
  static boolean isKnown(long backOffNanos, long atNanos, long nowNanos) {
    return knownNanos(backOffNanos, atNanos, nowNanos) > 0;
  }

  /** For how long it will do so; 0 where it does not. */
  static long knownNanos(long backOffNanos, long atNanos, long nowNanos) {
    return backOffNanos == 0 ? 0 : Math.max(0, atNanos + FORGOTTEN_NANOS + 1 - nowNanos);
  }

  /** The back-off after another one, 0 for none, that was decided at some time. */
  static long next(long backOffNanos, long atNanos, long nowNanos) {
    return isKnown(backOffNanos, atNanos, nowNanos)
        ? Math.min(2 * backOffNanos, LAST_NANOS)
        : FIRST_NANOS;
  }
}
