package io.towtank.scenarios.observe;

import io.towtank.scenarios.expression.Value;
import java.util.function.Supplier;

/**
 * What the values of something come to over a stretch of virtual time. A value that lasted no time,
 * because another followed at the same moment, does not count.
 */
final class History {
  private final Supplier<Value> of;
  private final long fromNanos;
  private final long endNanos;
  private double max = Double.NEGATIVE_INFINITY;
  private double min = Double.POSITIVE_INFINITY;
  private double sum;
  private double nanos;
  private double last = Double.NaN;
  private int direction;
  private long changes;
  private long turns;

  /**
   * @param toNanos the last moment that counts; Long.MAX_VALUE for no end
   */
  History(Supplier<Value> of, long fromNanos, long toNanos) {
    this.of = of;
    this.fromNanos = fromNanos;
    this.endNanos = toNanos == Long.MAX_VALUE ? toNanos : toNanos + 1;
  }

  /** Says that it had its present value from a time until just before another. */
  void held(long sinceNanos, long untilNanos) {
    long since = Math.max(sinceNanos, fromNanos);
    long until = Math.min(untilNanos, endNanos);
    if (since >= until) {
      return;
    }
    if (!(of.get() instanceof Value.Num(double value))) {
      return;
    }
    change(value);
    max = Math.max(max, value);
    min = Math.min(min, value);
    sum += value * (until - since);
    nanos += until - since;
  }

  private void change(double value) {
    double by = value - last;
    last = value;
    if (by > 0 || by < 0) {
      changes++;
      int now = by > 0 ? 1 : -1;
      if (now == -direction) {
        turns++;
      }
      direction = now;
    }
  }

  /** How often another value followed. */
  long changes() {
    return changes;
  }

  /** How often it went up after it had gone down, or down after up. */
  long turns() {
    return turns;
  }

  /** Whether there was nothing to look at, or the run did not reach the stretch. */
  boolean empty() {
    return nanos == 0;
  }

  double max() {
    return max;
  }

  double min() {
    return min;
  }

  /** The mean by time. */
  double mean() {
    return sum / nanos;
  }
}
