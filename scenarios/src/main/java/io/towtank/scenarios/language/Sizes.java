package io.towtank.scenarios.language;

import io.towtank.api.Quantity;

/** Sizes in bytes as quantities: {@code 250Mi}. */
final class Sizes {
  private Sizes() {}

  /**
   * Bytes.
   *
   * @throws IllegalArgumentException where the text is no size
   */
  static long parse(String text) {
    try {
      long bytes = Quantity.parse(text).value();
      if (bytes >= 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Told below, together with what is negative.
    }
    throw new IllegalArgumentException("\"" + text + "\" is no size; write it as in 250Mi");
  }
}
