package io.towtank.metrics;

import io.towtank.api.Pod;

/** Knows what the processes in containers use, which no manifest says. */
@FunctionalInterface
public interface ContainerUse {
  /**
   * What a running container used on average between two virtual times.
   *
   * @param container its name
   * @param resource {@code cpu} or {@code memory}
   * @param fromNanos in nanoseconds since the start of the run
   * @param toNanos in nanoseconds since the start of the run, later than {@code fromNanos}
   * @return in thousandths: millicores, or thousandths of a byte
   */
  long averageMilli(Pod pod, String container, String resource, long fromNanos, long toNanos);
}
