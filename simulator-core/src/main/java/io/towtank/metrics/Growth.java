package io.towtank.metrics;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;

/** How fast a use grows, as in {@code 1Mi/s}, {@code 100Mi/m} or {@code 1Gi/h}. */
public final class Growth {
  private static final ImmutableMap<String, Integer> PERIODS =
      ImmutableMap.of("s", 1, "m", 60, "h", 3_600);

  private Growth() {}

  /** How many more with every second; -1 where the text is no growth. */
  public static double perSecond(String text) {
    long perHour = per(text, 3_600);
    return perHour < 0 ? -1 : perHour / 3_600.0;
  }

  /** Bytes a second; -1 where the text is no growth. */
  public static long bytesPerSecond(String text) {
    return per(text, 1);
  }

  /** Of a number of seconds, rounded down; -1 where the text is no growth. */
  private static long per(String text, int ofSeconds) {
    int slash = text.indexOf('/');
    Integer seconds = slash < 0 ? null : PERIODS.get(text.substring(slash + 1));
    if (seconds == null) {
      return -1;
    }
    try {
      return Math.max(
          -1, Math.floorDiv(Quantity.parse(text.substring(0, slash)).value() * ofSeconds, seconds));
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }
}
