package io.towtank.autoscaler;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The groups that failed to grow, and for how long they are left alone: 5 minutes, each time twice
 * as long, at most 30; after 3 hours without a failure all is forgotten (cluster-autoscaler:
 * backoff.NewIdBasedExponentialBackoff).
 */
final class Backoffs {
  private static final long MINUTE = 60_000_000_000L;
  private static final long INITIAL_NANOS = 5 * MINUTE;
  private static final long MOST_NANOS = 30 * MINUTE;
  private static final long RESET_NANOS = 180 * MINUTE;

  private record Backoff(long durationNanos, long untilNanos, long lastFailureNanos) {}

  private final Map<NodeGroup, Backoff> backoffs = new LinkedHashMap<>();

  /** A group failed; failures while it is left alone count once. */
  void failed(NodeGroup group, long nowNanos) {
    Backoff known = backoffs.get(group);
    long duration = INITIAL_NANOS;
    if (known != null && nowNanos - known.lastFailureNanos < RESET_NANOS) {
      duration =
          nowNanos < known.untilNanos
              ? known.durationNanos
              : Math.min(MOST_NANOS, 2 * known.durationNanos);
    }
    backoffs.put(group, new Backoff(duration, nowNanos + duration, nowNanos));
  }

  boolean isBackingOff(NodeGroup group, long nowNanos) {
    Backoff known = backoffs.get(group);
    return known != null && nowNanos < known.untilNanos;
  }

  /** When the next group is tried again; Long.MAX_VALUE where none is left alone. */
  long nextNanos(long nowNanos) {
    return backoffs.values().stream()
        .mapToLong(Backoff::untilNanos)
        .filter(until -> until > nowNanos)
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
