package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them ({@code 1h30m}, {@code 500ms}), and days ({@code 149d}). */
public final class Durations {
  /** How to write one, for messages. */
  public static final String HOW = "a duration is written as in 1h30m, 500ms or 2d";

  private static final ImmutableMap<String, Long> UNITS =
      ImmutableMap.<String, Long>builder()
          .put("ns", 1L)
          .put("us", 1_000L)
          .put("µs", 1_000L)
          .put("ms", 1_000_000L)
          .put("s", 1_000_000_000L)
          .put("m", 60_000_000_000L)
          .put("h", 3_600_000_000_000L)
          .put("d", 86_400_000_000_000L)
          .buildOrThrow();

  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h|d)");

  private Durations() {}

  /**
   * Nanoseconds.
   *
   * @throws IllegalArgumentException where the text is no duration, or one of more than 292 years
   */
  public static long parse(String text) {
    if (text.equals("0")) {
      return 0;
    }
    Matcher part = PART.matcher(text);
    int end = 0;
    BigDecimal sum = BigDecimal.ZERO;
    while (end < text.length() && part.find() && part.start() == end) {
      long unit = UNITS.getOrDefault(part.group(2), 0L);
      sum = sum.add(new BigDecimal("0" + part.group(1)).multiply(BigDecimal.valueOf(unit)));
      end = part.end();
    }
    if (end == 0 || end < text.length()) {
      throw new IllegalArgumentException("\"" + text + "\" is no duration: " + HOW);
    }
    if (sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("\"" + text + "\" is more than the 292 years of a run");
    }
    return sum.setScale(0, RoundingMode.HALF_UP).longValue();
  }

  /** As people write it, to at most three digits after the point: {@code 2d3h}, {@code 1.25s}. */
  public static String format(long nanos) {
    if (nanos < 0) {
      return "-" + format(-nanos);
    }
    if (nanos < 60_000_000_000L) {
      String unit = nanos < 1_000 ? "ns" : nanos < 1_000_000 ? "us" : nanos < 1e9 ? "ms" : "s";
      if (nanos == 0) {
        return "0s";
      }
      return BigDecimal.valueOf(nanos)
              .divide(BigDecimal.valueOf(UNITS.getOrDefault(unit, 1L)), 3, RoundingMode.HALF_UP)
              .stripTrailingZeros()
              .toPlainString()
          + unit;
    }
    StringBuilder text = new StringBuilder();
    long rest = (nanos + 500_000_000L) / 1_000_000_000L;
    for (Map.Entry<String, Long> unit :
        ImmutableMap.of("d", 86_400L, "h", 3_600L, "m", 60L, "s", 1L).entrySet()) {
      long count = rest / unit.getValue();
      rest %= unit.getValue();
      if (count > 0) {
        text.append(count).append(unit.getKey());
      }
    }
    return text.toString();
  }

  /** Seconds of nanoseconds, as summaries and expectations count them. */
  public static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
