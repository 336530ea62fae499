package io.towtank.latency;

/**
 * How many requests a client may send (client-go: flowcontrol token bucket).
 *
 * @param qps requests a second in the long run; 0 for no limit
 * @param burst requests at once after a pause
 */
public record ClientLimits(double qps, int burst) {
  /** No limit. */
  public static final ClientLimits NONE = new ClientLimits(0, 0);
}
