package io.towtank.node;

import io.towtank.api.Probe;
import org.jspecify.annotations.Nullable;

/**
 * When probes tell what they tell, counted in nanoseconds from the start of the process. The first
 * look is made when the kubelet sees that the process runs, the others follow period by period;
 * looks before the initial delay do not count (kubelet: prober/worker.go).
 */
final class Probes {
  private static final long SECOND = 1_000_000_000L;
  private static final int PERIOD_SECONDS = 10;
  private static final int FAILURES = 3;

  private Probes() {}

  /**
   * When a probe has succeeded as often as it must.
   *
   * @param fromNanos when it is looked for the first time
   * @param willingNanos from when on a look succeeds
   */
  static long succeededNanos(Probe probe, long fromNanos, long willingNanos) {
    long firstNanos = Math.max(initialDelayNanos(probe), willingNanos);
    long looks = Math.max(0, Math.ceilDiv(firstNanos - fromNanos, periodNanos(probe)));
    return fromNanos + (looks + orElse(probe.successThreshold(), 1) - 1) * periodNanos(probe);
  }

  /**
   * When a probe that succeeded so far has failed as often as it may.
   *
   * @param aliveNanos from when on a look fails
   */
  static long lostNanos(Probe probe, long aliveNanos) {
    long looks = Math.ceilDiv(Math.max(aliveNanos, initialDelayNanos(probe)), periodNanos(probe));
    return (looks + orElse(probe.failureThreshold(), FAILURES) - 1) * periodNanos(probe);
  }

  /**
   * When a probe that never succeeds has failed as often as it may.
   *
   * @param fromNanos when it is looked for the first time
   */
  static long failedNanos(Probe probe, long fromNanos) {
    long waitNanos = Math.max(0, initialDelayNanos(probe) - fromNanos);
    long looks = Math.ceilDiv(waitNanos, periodNanos(probe));
    return fromNanos
        + (looks + orElse(probe.failureThreshold(), FAILURES) - 1) * periodNanos(probe);
  }

  private static long initialDelayNanos(Probe probe) {
    return orElse(probe.initialDelaySeconds(), 0) * SECOND;
  }

  private static long periodNanos(Probe probe) {
    return orElse(probe.periodSeconds(), PERIOD_SECONDS) * SECOND;
  }

  private static int orElse(@Nullable Integer value, int otherwise) {
    return value == null || (value == 0 && otherwise != 0) ? otherwise : value;
  }
}
