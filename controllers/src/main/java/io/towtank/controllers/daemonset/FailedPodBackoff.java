package io.towtank.controllers.daemonset;

import io.towtank.api.DaemonSet;
import io.towtank.api.Pod;
import io.towtank.api.Uid;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a node has to wait for another pod after one has failed there: a second at first, twice
 * as long each time, at most 15 minutes; after half an hour it begins anew (client-go: Backoff).
 */
final class FailedPodBackoff {
  private static final long FIRST_NANOS = 1_000_000_000L;
  private static final long LAST_NANOS = 900 * FIRST_NANOS;

  /** For whom: a change of the set begins anew. */
  private record Key(@Nullable Uid set, long observedGeneration, @Nullable String node) {}

  private record Entry(long delayNanos, long sinceNanos) {
    boolean isOver(long nowNanos) {
      return nowNanos - sinceNanos > 2 * LAST_NANOS;
    }
  }

  private final Map<Key, Entry> entries = new HashMap<>();

  /**
   * How long a failed pod has to wait before it is replaced, in nanoseconds. Where that is 0, it is
   * replaced now, and the next one on its node waits for longer.
   */
  long waitNanos(DaemonSet set, Pod failed, long nowNanos) {
    Key key =
        new Key(
            set.metadata().uid(),
            set.status().observedGeneration(),
            DaemonTemplate.targetNode(failed));
    entries.values().removeIf(entry -> entry.isOver(nowNanos));
    Entry entry = entries.get(key);
    if (entry != null && nowNanos - entry.sinceNanos < entry.delayNanos) {
      return entry.delayNanos - (nowNanos - entry.sinceNanos);
    }
    long delay = entry == null ? FIRST_NANOS : Math.min(LAST_NANOS, 2 * entry.delayNanos);
    entries.put(key, new Entry(delay, nowNanos));
    return 0;
  }
}
