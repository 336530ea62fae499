package io.towtank.api;

import java.util.OptionalLong;

/**
 * Whole numbers as Go reads them from text (strconv.ParseInt in base 10): an optional sign and the
 * digits 0 to 9, within 64 bits. Unlike {@link Long#parseLong(String)} it takes no digits of other
 * scripts.
 */
public final class DecimalInteger {
  private DecimalInteger() {}

  /** The number that a text is, empty where it is none or does not fit 64 bits. */
  public static OptionalLong parse(String text) {
    int length = text.length();
    int start = length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    if (start == length) {
      return OptionalLong.empty();
    }
    // Collected as a negative number, since there is one more of those.
    long negative = 0;
    for (int i = start; i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || negative < Long.MIN_VALUE / 10) {
        return OptionalLong.empty();
      }
      negative *= 10;
      if (negative < Long.MIN_VALUE + digit) {
        return OptionalLong.empty();
      }
      negative -= digit;
    }
    if (text.charAt(0) == '-') {
      return OptionalLong.of(negative);
    }
    return negative == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(-negative);
  }
}
