package io.towtank.client;

import io.towtank.latency.ClientLimits;

/**
 * How many requests a client may still send (client-go: flowcontrol.NewTokenBucketRateLimiter). It
 * is 24 bytes, so that each of 100,000 kubelets has its own.
 */
public final class TokenBucket {
  private static final double SECOND = 1e9;

  private double tokens;
  private long atNanos;

  /** A full bucket. */
  public TokenBucket(ClientLimits limits) {
    this.tokens = limits.burst();
  }

  /**
   * Takes tokens, on credit where there are none, and tells how long the request has to wait for
   * them, in virtual nanoseconds.
   *
   * @param limits the same as at the start
   * @param nowNanos never before that of the last call
   */
  public long take(ClientLimits limits, long nowNanos, int count) {
    if (limits.qps() == 0) {
      return 0;
    }
    double refilled = tokens + (nowNanos - atNanos) / SECOND * limits.qps();
    tokens = Math.min(limits.burst(), refilled) - count;
    atNanos = nowNanos;
    return tokens >= 0 ? 0 : (long) (-tokens / limits.qps() * SECOND);
  }

  /**
   * Takes one token where there is one, and tells whether there was (client-go: TryAccept).
   *
   * @param limits the same as at the start
   * @param nowNanos never before that of the last call
   */
  public boolean tryTake(ClientLimits limits, long nowNanos) {
    if (limits.qps() == 0) {
      return true;
    }
    tokens = Math.min(limits.burst(), tokens + (nowNanos - atNanos) / SECOND * limits.qps());
    atNanos = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
