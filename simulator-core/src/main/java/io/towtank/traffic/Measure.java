package io.towtank.traffic;

/** What can be measured of the requests to a service, or to a pod. */
public enum Measure {
  /** Requests a second. */
  REQUESTS("requests"),
  /** Requests a second that get no answer. */
  ERRORS("errors"),
  /** Which share of the requests gets no answer, from 0 to 1. */
  ERROR_SHARE("errorShare"),
  /** The median latency, in seconds. */
  P50("p50"),
  /** The latency that a tenth of the requests exceeds, in seconds. */
  P90("p90"),
  /** The latency that a hundredth of the requests exceeds, in seconds. */
  P99("p99");

  private final String text;

  Measure(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
