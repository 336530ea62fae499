package io.towtank.record;

import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.KubeObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes down what components tell beside their writes: counts, and Kubernetes events. Together with
 * the store's commits it is all that summaries and reports are made from.
 */
public final class Recorder {
  private final Map<String, long[]> counters = new TreeMap<>();

  /**
   * A counter by name, as in {@code replicaset-controller/podsCreated}; the element is to be
   * counted up. Asking again gives the same.
   */
  public long[] counter(String name) {
    return counters.computeIfAbsent(name, n -> new long[1]);
  }

  /** All counters as they are now, by name. */
  public ImmutableSortedMap<String, Long> counters() {
    ImmutableSortedMap.Builder<String, Long> all = ImmutableSortedMap.naturalOrder();
    counters.forEach((name, count) -> all.put(name, count[0]));
    return all.buildOrThrow();
  }

  /**
   * A Kubernetes event, as kubectl describe shows it.
   *
   * @param component who tells, as in {@code default-scheduler}
   * @param type Normal or Warning
   */
  public void event(
      KubeObject about, String component, String type, String reason, String message) {
    counter("events/" + component + "/" + reason)[0]++;
  }
}
