package io.towtank.store;

/**
 * How far back watches and paged lists may reach, a kind.
 *
 * @param minChanges so many changes are always kept
 * @param maxChanges so many at most
 * @param freshNanos between the two, changes are kept at least that long, in virtual nanoseconds
 */
public record HistoryWindow(int minChanges, int maxChanges, long freshNanos) {
  /** As the API server's watch cache: 75 s, 100 to 102,400 changes. */
  public static final HistoryWindow DEFAULT = new HistoryWindow(100, 102_400, 75_000_000_000L);

  public HistoryWindow {
    if (minChanges < 4 || maxChanges < minChanges || freshNanos < 0) {
      throw new IllegalArgumentException(
          "a history of " + minChanges + " to " + maxChanges + " changes makes no sense");
    }
  }
}
