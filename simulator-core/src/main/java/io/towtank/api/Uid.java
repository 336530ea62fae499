package io.towtank.api;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A uid. Those in the usual form cost 24 bytes instead of a string's 80, which counts with a
 * million pods; any other text is kept as it is.
 */
public final class Uid implements Comparable<Uid> {
  private final long high;
  private final long low;
  private final @Nullable String text;

  private Uid(long high, long low, @Nullable String text) {
    this.high = high;
    this.low = low;
    this.text = text;
  }

  /** The uid with these bits. */
  public static Uid of(long high, long low) {
    return new Uid(high, low, null);
  }

  /** The uid that prints as {@code text}. */
  public static Uid parse(String text) {
    if (text.length() == 36
        && text.charAt(8) == '-'
        && text.charAt(13) == '-'
        && text.charAt(18) == '-'
        && text.charAt(23) == '-') {
      long[] bits = new long[2];
      int digits = 0;
      for (int i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
          continue;
        }
        char c = text.charAt(i);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
          return new Uid(0, 0, text);
        }
        bits[digits >> 4] = bits[digits >> 4] << 4 | digit;
        digits++;
      }
      return new Uid(bits[0], bits[1], null);
    }
    return new Uid(0, 0, text);
  }

  /** The first 64 bits, for hashing. */
  public long high() {
    return text == null ? high : text.hashCode();
  }

  /** The last 64 bits, for hashing. */
  public long low() {
    return low;
  }

  @Override
  public int compareTo(Uid other) {
    return text == null && other.text == null
        ? high == other.high
            ? Long.compareUnsigned(low, other.low)
            : Long.compareUnsigned(high, other.high)
        : toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Uid uid
        && high == uid.high
        && low == uid.low
        && (text == null ? uid.text == null : text.equals(uid.text));
  }

  @Override
  public int hashCode() {
    return text == null ? Long.hashCode(high * 31 + low) : text.hashCode();
  }

  @Override
  public String toString() {
    if (text != null) {
      return text;
    }
    HexFormat hex = HexFormat.of();
    String first = hex.toHexDigits(high);
    String last = hex.toHexDigits(low);
    return new StringBuilder(36)
        .append(first, 0, 8)
        .append('-')
        .append(first, 8, 12)
        .append('-')
        .append(first, 12, 16)
        .append('-')
        .append(last, 0, 4)
        .append('-')
        .append(last, 4, 16)
        .toString();
  }
}
