package io.towtank.stage;

import com.google.common.collect.ImmutableMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as Go writes them: {@code 1h15m30.5s}, {@code -1.5h}, {@code 300ms}, {@code 0}. */
final class GoDuration {
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|([0-9.]+(ns|us|µs|ms|s|m|h))+)");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)(ns|us|µs|ms|s|m|h)");
  private static final ImmutableMap<String, Long> UNITS =
      ImmutableMap.<String, Long>builder()
          .put("ns", 1L)
          .put("us", 1_000L)
          .put("µs", 1_000L)
          .put("ms", 1_000_000L)
          .put("s", 1_000_000_000L)
          .put("m", 60_000_000_000L)
          .put("h", 3_600_000_000_000L)
          .buildOrThrow();

  private GoDuration() {}

  /** In nanoseconds; null where the text is none. */
  static @Nullable Long parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return null;
    }
    double nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      Long unit = UNITS.get(part.group(2));
      try {
        nanos += Double.parseDouble(part.group(1)) * (unit == null ? 0 : unit);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return Math.round(text.startsWith("-") ? -nanos : nanos);
  }
}
