package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often something happens, as in {@code 10/s}, {@code 0.5/m} or {@code 1000/d}. */
final class Rate {
  private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*/\\s*([smhd])");
  private static final ImmutableMap<String, Long> UNITS =
      ImmutableMap.of(
          "s", Durations.parse("1s"),
          "m", Durations.parse("1m"),
          "h", Durations.parse("1h"),
          "d", Durations.parse("1d"));

  private Rate() {}

  /**
   * How often it happens, per second.
   *
   * @throws IllegalArgumentException where the text is no rate
   */
  static double parsePerSecond(String text) {
    Matcher form = form(text);
    return Double.parseDouble(form.group(1)) * 1e9 / unit(form);
  }

  /**
   * The mean time from one to the next, in nanoseconds.
   *
   * @throws IllegalArgumentException where the text is no rate, or one of nothing at all
   */
  static long parseInterval(String text) {
    Matcher form = form(text);
    BigDecimal count = new BigDecimal(form.group(1));
    if (count.signum() == 0) {
      throw new IllegalArgumentException("\"" + text + "\": nothing would ever come");
    }
    return BigDecimal.valueOf(unit(form))
        .divide(count, MathContext.DECIMAL64)
        .setScale(0, RoundingMode.HALF_UP)
        .longValue();
  }

  private static Matcher form(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no rate: write it as in 10/s, 0.5/m, 100/h or 1000/d");
    }
    return form;
  }

  private static long unit(Matcher form) {
    return UNITS.getOrDefault(form.group(2), 1L);
  }
}
