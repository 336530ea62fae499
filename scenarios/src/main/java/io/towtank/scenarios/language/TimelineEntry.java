package io.towtank.scenarios.language;

/**
 * Something that happens once or again and again.
 *
 * @param name what summaries call it, empty where the scenario gives it no name
 * @param firstNanos virtual time
 * @param everyNanos the time between two, 0 for once
 * @param times how often at most; Long.MAX_VALUE for as long as the run goes on
 * @param untilNanos virtual time after which it does not happen again; Long.MAX_VALUE for never
 */
public record TimelineEntry(
    String name, long firstNanos, long everyNanos, long times, long untilNanos, Action action) {
  /** Whether it goes on as long as the run does, and so is nothing for the run to wait for. */
  public boolean endless() {
    return everyNanos > 0 && times == Long.MAX_VALUE && untilNanos == Long.MAX_VALUE;
  }
}
