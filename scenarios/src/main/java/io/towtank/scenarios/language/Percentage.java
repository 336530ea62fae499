package io.towtank.scenarios.language;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A part of a whole, as in {@code 20%}. */
final class Percentage {
  private static final Pattern FORM = Pattern.compile("[0-9]{1,3}(\\.[0-9]+)?%");

  private Percentage() {}

  /** The share, from 0 to 1; null where the text is no percentage, or more than all. */
  static @Nullable Double parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return null;
    }
    double share = Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
    return share <= 1 ? share : null;
  }
}
