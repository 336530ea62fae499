package io.towtank.metrics;

import com.google.common.collect.Iterables;
import io.towtank.api.Container;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.time.SimClock;
import org.jspecify.annotations.Nullable;

/**
 * Answers as metrics-server does, as late as it does: it reads the kubelets every 15 s or so
 * ({@code --metric-resolution}), and a rate takes two readings, or one and a start at least 10 s
 * before it (metrics-server: pkg/storage/pod.go). Nothing is kept: what it would have read is
 * computed when somebody asks.
 */
public final class MetricsServer implements MetricsApi {
  /** From one reading to the next as its manifests come, in virtual nanoseconds. */
  public static final long RESOLUTION_NANOS = 15_000_000_000L;

  // metrics-server: freshContainerMinMetricsResolution
  private static final long FRESH_NANOS = 10_000_000_000L;

  private final SimClock clock;
  private final ContainerUse use;
  private final long resolutionNanos;

  /**
   * @param use what containers use
   * @param resolutionNanos from one reading to the next
   */
  public MetricsServer(SimClock clock, ContainerUse use, long resolutionNanos) {
    this.clock = clock;
    this.use = use;
    this.resolutionNanos = resolutionNanos;
  }

  @Override
  public @Nullable Sample resource(Pod pod, String resource, @Nullable String container) {
    long now = clock.nanos();
    long read = now - now % resolutionNanos;
    long epoch = clock.epochNanos() - now;
    long sum = 0;
    long shortest = Long.MAX_VALUE;
    for (ContainerStatus status : statuses(pod.status())) {
      if (container != null && !container.equals(status.name())) {
        continue;
      }
      long started = started(status);
      if (started == Timestamps.NONE) {
        if (isInit(pod, status.name())) {
          continue;
        }
        return null;
      }
      long window = Math.min(resolutionNanos, read - (started - epoch));
      if (window < FRESH_NANOS) {
        return null;
      }
      sum += use.averageMilli(pod, status.name(), resource, read - window, read);
      shortest = Math.min(shortest, window);
    }
    return shortest == Long.MAX_VALUE ? null : new Sample(sum, epoch + read, shortest);
  }

  private static Iterable<ContainerStatus> statuses(PodStatus status) {
    return status.initContainerStatuses().isEmpty()
        ? status.containerStatuses()
        : Iterables.concat(status.containerStatuses(), status.initContainerStatuses());
  }

  private static boolean isInit(Pod pod, String name) {
    for (Container container : pod.spec().initContainers()) {
      if (container.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** When a container started, in nanoseconds since 1970; NONE where it does not run. */
  private static long started(ContainerStatus status) {
    ContainerState state = status.state();
    ContainerStateRunning running = state == null ? null : state.running();
    return running == null ? Timestamps.NONE : running.startedAt();
  }
}
