package io.towtank.api;

import java.util.OptionalLong;
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

  /** The number that a text is, or the text (intstr.Parse). */
  public static IntOrString parse(String text) {
    OptionalLong number = DecimalInteger.parse(text);
    return number.isPresent() ? of((int) number.getAsLong()) : of(text);
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
    OptionalLong percent =
        text.endsWith("%")
            ? DecimalInteger.parse(text.substring(0, text.length() - 1))
            : OptionalLong.empty();
    if (percent.isEmpty()) {
      throw new IllegalArgumentException(
          "invalid value for IntOrString: \""
              + text
              + "\" is neither a number nor a percentage, as 3 or \"25%\"");
    }
    // In floating point, as upstream: exact up to 2^53.
    double share = (double) percent.getAsLong() * total / 100;
    return (int) (roundUp ? Math.ceil(share) : Math.floor(share));
  }

  @Override
  public String toString() {
    return text == null ? Integer.toString(number) : text;
  }
}
