package io.towtank.adapter;

/**
 * How much waits in a queue: what comes by a curve, less what workers take out, and never less than
 * nothing.
 */
final class QueueLength {
  /** Within such a span what comes and what goes are even, in virtual nanoseconds. */
  private static final long STEP_NANOS = 1_000_000_000L;

  private final MetricSeries.Source.Queue queue;
  private double length;
  private int workers;
  private long sinceNanos;

  QueueLength(MetricSeries.Source.Queue queue) {
    this.queue = queue;
    this.length = queue.initial();
  }

  MetricSeries.Source.Queue queue() {
    return queue;
  }

  /** From now on so many more work, or fewer. */
  void workers(int more, long nowNanos) {
    at(nowNanos);
    workers += more;
  }

  /** How much waits at a time, which is not before the last. */
  double at(long nanos) {
    while (sinceNanos < nanos) {
      long until = Math.min(nanos, sinceNanos + STEP_NANOS);
      double done = workers * queue.perWorker() * (until - sinceNanos) / 1e9;
      length = Math.max(0, length + queue.arrivals().requests(sinceNanos, until) - done);
      sinceNanos = until;
    }
    return length;
  }
}
