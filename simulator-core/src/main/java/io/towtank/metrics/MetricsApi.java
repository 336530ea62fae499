package io.towtank.metrics;

import com.google.common.collect.ImmutableList;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the metrics APIs of a cluster answer: {@code metrics.k8s.io} (metrics-server), {@code
 * custom.metrics.k8s.io} and {@code external.metrics.k8s.io} (adapters). Values are in thousandths,
 * as of a core or of a byte.
 */
public interface MetricsApi {
  /** A cluster in which nobody serves metrics. */
  MetricsApi NONE =
      new MetricsApi() {
        @Override
        public @Nullable Sample resource(Pod pod, String resource, @Nullable String container) {
          return null;
        }
      };

  /**
   * What was measured of a pod.
   *
   * @param milli the value, in thousandths
   * @param timestampNanos when it was measured, in nanoseconds since 1970
   * @param windowNanos over how long before that, in nanoseconds
   */
  record Sample(long milli, long timestampNanos, long windowNanos) {}

  /**
   * What a pod uses of a resource.
   *
   * @param resource {@code cpu} or {@code memory}
   * @param container of which container; null for all of them together
   * @return null where there is no sample (yet) of each container that is asked for
   */
  @Nullable Sample resource(Pod pod, String resource, @Nullable String container);

  /**
   * A custom metric of a pod.
   *
   * @return null where there is none
   */
  default @Nullable Sample pod(Pod pod, String metric, Selector series) {
    return null;
  }

  /** A custom metric of an object; empty where there is none. */
  default OptionalLong object(
      @Nullable String namespace,
      CrossVersionObjectReference object,
      String metric,
      Selector series) {
    return OptionalLong.empty();
  }

  /** The series of an external metric that match; none where there is no such metric. */
  default ImmutableList<Long> external(@Nullable String namespace, String metric, Selector series) {
    return ImmutableList.of();
  }
}
