package io.towtank.api;

import org.jspecify.annotations.Nullable;

/**
 * A number, a percentage or a port's name (intstr.IntOrString).
 *
 * @param number the number, where there is no text
 * @param text the text, null for a number
 */
public record IntOrString(int number, @Nullable String text) {
  /** A number. */
  public static IntOrString of(int number) {
    return new IntOrString(number, null);
  }

  /** A text, as in {@code 25%}. */
  public static IntOrString of(String text) {
    return new IntOrString(0, text);
  }

  /**
   * The number, or the percentage of a total (intstr.GetScaledValueFromIntOrPercent).
   *
   * @throws IllegalArgumentException where the text is no percentage
   */
  public int scaled(int total, boolean roundUp) {
    if (text == null) {
      return number;
    }
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is neither a number nor a percentage, as 3 or 25%");
    }
    long hundredfold;
    try {
      hundredfold =
          Math.multiplyExact((long) total, Integer.parseInt(text.substring(0, text.length() - 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no percentage, as 25%", e);
    }
    return (int) (roundUp ? Math.ceilDiv(hundredfold, 100L) : Math.floorDiv(hundredfold, 100L));
  }

  @Override
  public String toString() {
    return text == null ? Integer.toString(number) : text;
  }
}
