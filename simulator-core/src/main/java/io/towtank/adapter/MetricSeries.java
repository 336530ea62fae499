package io.towtank.adapter;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;
import io.towtank.traffic.DemandCurve;
import io.towtank.traffic.Measure;
import org.jspecify.annotations.Nullable;

/**
 * A series of a metric.
 *
 * @param metric the metric's name, as autoscalers ask for it
 * @param labels that a selector of the metric matches
 * @param absent when there is no value, and whoever asks fails
 */
public record MetricSeries(
    String metric,
    Subject subject,
    Source source,
    ImmutableMap<String, String> labels,
    ImmutableList<Span> absent) {
  /**
   * A span of virtual time.
   *
   * @param fromNanos where it begins
   * @param toNanos where it is over
   */
  public record Span(long fromNanos, long toNanos) {}

  /** Of what it is. */
  public sealed interface Subject {
    /** The namespace in which it is asked for. */
    String namespace();

    /**
     * Of each pod with certain labels (metrics of type Pods).
     *
     * @param shared whether the value is that of all ready ones together
     */
    record Pods(String namespace, Selector selector, boolean shared) implements Subject {}

    /**
     * Of an object (type Object).
     *
     * @param kind in any case
     */
    record ObjectOf(String namespace, String kind, String name) implements Subject {}

    /** Of nothing in the cluster (type External). */
    record External(String namespace) implements Subject {}
  }

  /** Where its values come from. */
  public sealed interface Source {
    /** It goes its way, whatever happens in the cluster. */
    record Curve(DemandCurve curve) implements Source {}

    /**
     * The requests to a service; of pods, those that each answers.
     *
     * @param service null for those of pods
     */
    record Requests(@Nullable ObjectKey service, Measure measure) implements Source {}

    /**
     * What waits in a queue that ready pods empty.
     *
     * @param arrivals how much comes a second
     * @param initial how much waits at the start
     * @param workers labels of those pods
     * @param perWorker how much each takes out a second
     */
    record Queue(
        DemandCurve arrivals, double initial, String namespace, Selector workers, double perWorker)
        implements Source {}
  }

  /** Whether there is a value at a time. */
  boolean isThere(long nanos) {
    for (Span span : absent) {
      if (span.fromNanos() <= nanos && nanos < span.toNanos()) {
        return false;
      }
    }
    return true;
  }
}
