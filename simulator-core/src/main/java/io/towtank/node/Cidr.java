package io.towtank.node;

import com.google.common.base.Splitter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of IPv4 addresses.
 *
 * @param base the first address, as the bits of an int
 * @param prefix how many leading bits all addresses share, 0 to 32
 */
record Cidr(int base, int prefix) {
  /**
   * Reads a range, as in {@code 10.0.0.0/8}.
   *
   * @throws IllegalArgumentException where the text is none
   */
  static Cidr parse(String text) {
    Cidr cidr = parseOrNull(text);
    if (cidr == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no range of IPv4 addresses, as in 10.0.0.0/8");
    }
    return cidr;
  }

  /** As {@link #parse}; null where the text is no range of IPv4 addresses. */
  static @Nullable Cidr parseOrNull(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return null;
    }
    List<String> parts = Splitter.on('.').splitToList(text.substring(0, slash));
    int prefix = number(text.substring(slash + 1), 32);
    if (parts.size() != 4 || prefix < 0) {
      return null;
    }
    int address = 0;
    for (String part : parts) {
      int octet = number(part, 255);
      if (octet < 0) {
        return null;
      }
      address = address << 8 | octet;
    }
    return new Cidr(prefix == 0 ? 0 : address & (-1 << (32 - prefix)), prefix);
  }

  private static int number(String text, int max) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int number = Integer.parseInt(text);
    return number <= max ? number : -1;
  }

  /** How many addresses it has. */
  long size() {
    return 1L << (32 - prefix);
  }

  /** Whether it has an address. */
  boolean contains(int address) {
    return Integer.toUnsignedLong(address) - Integer.toUnsignedLong(base) >= 0
        && Integer.toUnsignedLong(address) - Integer.toUnsignedLong(base) < size();
  }

  /** An address as people write it. */
  static String text(int address) {
    return (address >>> 24)
        + "."
        + ((address >>> 16) & 255)
        + "."
        + ((address >>> 8) & 255)
        + "."
        + (address & 255);
  }

  @Override
  public String toString() {
    return text(base) + "/" + prefix;
  }
}
