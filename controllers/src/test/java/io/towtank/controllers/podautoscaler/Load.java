package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.metrics.MetricsApi;
import io.towtank.time.Simulation;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Metrics of a test: what all ready pods share, in millicores, and an external metric. */
final class Load implements MetricsApi {
  private final Simulation simulation;

  /** What the pods use of CPUs together, in thousandths; negative where nobody measures it. */
  long cpuMilli = -1;

  /** The external metric, and the metric of an object; negative where there is none. */
  long queueMilli = -1;

  /** How many pods share the load. */
  int pods = 1;

  Load(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public @Nullable Sample resource(Pod pod, String resource, @Nullable String container) {
    return cpuMilli < 0 || !pod.isReady()
        ? null
        : new Sample(cpuMilli / Math.max(1, pods), simulation.epochNanos(), MINUTE);
  }

  @Override
  public @Nullable Sample pod(Pod pod, String metric, Selector series) {
    return resource(pod, metric, null);
  }

  @Override
  public OptionalLong object(
      @Nullable String namespace,
      CrossVersionObjectReference object,
      String metric,
      Selector series) {
    return queueMilli < 0 ? OptionalLong.empty() : OptionalLong.of(queueMilli);
  }

  @Override
  public ImmutableList<Long> external(@Nullable String namespace, String metric, Selector series) {
    return queueMilli < 0
        ? ImmutableList.of()
        : ImmutableList.of(queueMilli / 2, queueMilli - queueMilli / 2);
  }

  private static final long MINUTE = 60_000_000_000L;
}
