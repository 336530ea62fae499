package io.towtank.api;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of a resource, as in {@code 500m}, {@code 1.5} or {@code 2Gi} (apimachinery:
 * resource.Quantity).
 */
public final class Quantity implements Comparable<Quantity> {
  private final BigDecimal amount;
  private final String text;

  private Quantity(BigDecimal amount, String text) {
    this.amount = amount;
    this.text = text;
  }

  /**
   * Reads a quantity.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static Quantity parse(String text) {
    String[] suffixes = {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "m", "k", "M", "G", "T", "P", "E"};
    BigDecimal[] factors = {
      BigDecimal.valueOf(1L << 10),
      BigDecimal.valueOf(1L << 20),
      BigDecimal.valueOf(1L << 30),
      BigDecimal.valueOf(1L << 40),
      BigDecimal.valueOf(1L << 50),
      BigDecimal.valueOf(1L << 60),
      new BigDecimal("0.001"),
      BigDecimal.valueOf(1000),
      BigDecimal.valueOf(1000_000),
      BigDecimal.valueOf(1000_000_000),
      BigDecimal.valueOf(1000_000_000_000L),
      BigDecimal.valueOf(1000_000_000_000_000L),
      BigDecimal.valueOf(1000_000_000_000_000_000L)
    };
    for (int i = 0; i < suffixes.length; i++) {
      if (text.endsWith(suffixes[i])) {
        String number = text.substring(0, text.length() - suffixes[i].length());
        return new Quantity(new BigDecimal(number).multiply(factors[i]), text);
      }
    }
    return new Quantity(new BigDecimal(text), text);
  }

  /** So many of a unit. */
  public static Quantity of(long value) {
    return new Quantity(BigDecimal.valueOf(value), Long.toString(value));
  }

  /** So many thousandths, as of a core. */
  public static Quantity ofMillis(long millis) {
    return new Quantity(BigDecimal.valueOf(millis, 3), millis + "m");
  }

  /** So many bytes, written with binary suffixes. */
  public static Quantity ofBytes(long bytes) {
    return new Quantity(BigDecimal.valueOf(bytes), Long.toString(bytes));
  }

  /** In whole units, rounded up. */
  public long value() {
    return amount.setScale(0, RoundingMode.CEILING).longValue();
  }

  /** In thousandths, rounded up. */
  public long milliValue() {
    return amount.movePointRight(3).setScale(0, RoundingMode.CEILING).longValue();
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Quantity quantity && compareTo(quantity) == 0;
  }

  @Override
  public int hashCode() {
    return amount.stripTrailingZeros().hashCode();
  }

  /** The canonical form. */
  @Override
  public String toString() {
    return text;
  }
}
