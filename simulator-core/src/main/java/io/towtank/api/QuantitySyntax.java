package io.towtank.api;

import io.towtank.api.Quantity.Format;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The suffixes of quantities and what is said about texts that are none. */
final class QuantitySyntax {
  private static final String DECIMAL_SUFFIXES = "num kMGTPE";
  private static final String BINARY_SUFFIXES = "KMGTPE";

  private static final QuantitySuffix NONE = new QuantitySuffix(0, Format.DECIMAL_SI);
  private static final QuantitySuffix[] DECIMAL = new QuantitySuffix[DECIMAL_SUFFIXES.length()];
  private static final QuantitySuffix[] BINARY = new QuantitySuffix[BINARY_SUFFIXES.length()];

  static {
    for (int i = 0; i < DECIMAL.length; i++) {
      DECIMAL[i] = new QuantitySuffix(3 * i - 9, Format.DECIMAL_SI);
    }
    for (int i = 0; i < BINARY.length; i++) {
      BINARY[i] = new QuantitySuffix(10 * (i + 1), Format.BINARY_SI);
    }
  }

  private QuantitySyntax() {}

  /**
   * Reads the suffix that starts at a position of a text and ends with it.
   *
   * @throws IllegalArgumentException where it is none
   */
  static QuantitySuffix suffix(String text, int start) {
    int end = text.length();
    if (start == end) {
      return NONE;
    }
    char first = text.charAt(start);
    if (end == start + 1) {
      int index = DECIMAL_SUFFIXES.indexOf(first);
      if (index >= 0 && first != ' ') {
        return DECIMAL[index];
      }
    } else if (end == start + 2 && text.charAt(start + 1) == 'i') {
      int index = BINARY_SUFFIXES.indexOf(first);
      if (index >= 0) {
        return BINARY[index];
      }
    }
    if (!isWellFormed(text, start)) {
      throw malformed(text);
    }
    if (end > start + 1 && (first == 'e' || first == 'E')) {
      OptionalLong exponent = DecimalInteger.parse(text.substring(start + 1));
      if (exponent.isPresent()) {
        // Upstream cuts it to 32 bits, too.
        return new QuantitySuffix((int) exponent.getAsLong(), Format.DECIMAL_EXPONENT);
      }
    }
    throw unknownSuffix(text, text.substring(start));
  }

  /** Letters of suffixes, then a sign, then digits. */
  private static boolean isWellFormed(String text, int start) {
    int position = start;
    int end = text.length();
    while (position < end && "eEinumkKMGTP".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    if (position < end && (text.charAt(position) == '-' || text.charAt(position) == '+')) {
      position++;
    }
    while (position < end && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
      position++;
    }
    return position == end;
  }

  /** The suffix of a power of ten, empty where there is none, as upstream. */
  static String decimalSuffix(int power, Format format) {
    if (power == 0) {
      return "";
    }
    if (format == Format.DECIMAL_EXPONENT) {
      return "e" + power;
    }
    int index = power / 3 + 3;
    return index < 0 || index >= DECIMAL.length
        ? ""
        : String.valueOf(DECIMAL_SUFFIXES.charAt(index));
  }

  /** The suffix of a power of 1024, empty where there is none, as upstream. */
  static String binarySuffix(int power) {
    return power == 0 || power > BINARY.length ? "" : BINARY_SUFFIXES.charAt(power - 1) + "i";
  }

  static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "quantities must match the regular expression"
            + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', as 500m, 1.5 or 2Gi do; \""
            + text
            + "\" does not"
            + suggestion(text));
  }

  static IllegalArgumentException notNumeric(String text, NumberFormatException cause) {
    return new IllegalArgumentException(
        "unable to parse numeric part of quantity: \""
            + text
            + "\" has no digits before its suffix",
        cause);
  }

  private static IllegalArgumentException unknownSuffix(String text, String suffix) {
    return new IllegalArgumentException(
        "unable to parse quantity's suffix: \""
            + suffix
            + "\" in \""
            + text
            + "\" is none of n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei and no exponent as"
            + " e3"
            + suggestion(text));
  }

  /** What was probably meant, where only blanks, the case of letters or a B for bytes is wrong. */
  private static String suggestion(String text) {
    StringBuilder digits = new StringBuilder();
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+') {
        digits.append(c);
      } else if (c != ' ' && c != '_') {
        letters.append(c);
      }
    }
    String suffix = canonicalSuffix(letters.toString());
    if (suffix == null || digits.isEmpty()) {
      return "";
    }
    String meant = digits + suffix;
    if (meant.equals(text)) {
      return "";
    }
    try {
      var _ = Quantity.parse(meant);
    } catch (IllegalArgumentException e) {
      return "";
    }
    return "; did you mean \"" + meant + "\"?";
  }

  private static @Nullable String canonicalSuffix(String letters) {
    String bare =
        letters.endsWith("B") || letters.endsWith("b")
            ? letters.substring(0, letters.length() - 1)
            : letters;
    if (bare.isEmpty()) {
      return "";
    }
    for (int i = 0; i < BINARY_SUFFIXES.length(); i++) {
      String binary = BINARY_SUFFIXES.charAt(i) + "i";
      if (bare.equalsIgnoreCase(binary)) {
        return binary;
      }
    }
    // From the large ones down, so that an M is mega, not milli.
    for (int i = DECIMAL_SUFFIXES.length() - 1; i >= 0; i--) {
      String decimal = String.valueOf(DECIMAL_SUFFIXES.charAt(i));
      if (bare.equalsIgnoreCase(decimal)) {
        return decimal;
      }
    }
    return null;
  }
}
