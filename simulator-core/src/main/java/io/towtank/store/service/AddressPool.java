package io.towtank.store.service;

import com.google.common.net.InetAddresses;
import io.towtank.time.RandomStream;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The cluster IPs of one range, without its first and, of IPv4, its last address. */
final class AddressPool {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private final IpFamily family;
  private final BigInteger first;
  private final BigInteger size;
  private final Slots slots;

  private AddressPool(IpFamily family, BigInteger first, BigInteger size) {
    this.family = family;
    this.first = first;
    this.size = size;
    this.slots = new Slots(size.longValueExact(), 16, 256);
  }

  /**
   * The addresses of a range, as in {@code 10.96.0.0/12}.
   *
   * @throws IllegalArgumentException where it is none, or too small for a single address
   */
  static AddressPool of(String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? range : range.substring(0, slash);
    IpFamily family = IpFamily.ofAddress(address);
    int length = family == IpFamily.IPV6 ? 128 : 32;
    int prefix;
    try {
      prefix = slash < 0 ? -1 : Integer.parseInt(range.substring(slash + 1));
    } catch (NumberFormatException e) {
      prefix = -1;
    }
    if (family == null || prefix < 0 || prefix > length) {
      throw new IllegalArgumentException(
          "no range of addresses: \"" + range + "\"; one is written as in 10.96.0.0/12");
    }
    int free = length - prefix;
    BigInteger base =
        InetAddresses.toBigInteger(InetAddresses.forString(address))
            .shiftRight(free)
            .shiftLeft(free);
    BigInteger count =
        BigInteger.ONE.shiftLeft(free).subtract(BigInteger.valueOf(length == 32 ? 2 : 1));
    if (count.signum() <= 0) {
      throw new IllegalArgumentException(
          "a range of cluster IPs has room for one at least, which " + range + " has not");
    }
    return new AddressPool(family, base.add(BigInteger.ONE), count.min(MOST));
  }

  IpFamily family() {
    return family;
  }

  /** Why an address is not to be had, null where it is (ipallocator: ErrAllocated and others). */
  @Nullable String refusal(String address) {
    long place = place(address);
    if (place < 0) {
      return "the provided network does not match the current range";
    }
    return slots.isTaken(place) ? "provided IP is already allocated" : null;
  }

  /** A free address, null where there is none. */
  @Nullable String next(RandomStream random) {
    long place = slots.next(random);
    return place < 0 ? null : address(place);
  }

  /** Takes an address, or no place where it is not of this range. */
  void take(String address) {
    long place = place(address);
    if (place >= 0) {
      slots.take(place);
    }
  }

  /** Gives an address back. */
  void release(String address) {
    long place = place(address);
    if (place >= 0) {
      slots.release(place);
    }
  }

  private String address(long place) {
    BigInteger number = first.add(BigInteger.valueOf(place));
    InetAddress address =
        family == IpFamily.IPV4
            ? InetAddresses.fromIPv4BigInteger(number)
            : InetAddresses.fromIPv6BigInteger(number);
    return InetAddresses.toAddrString(address);
  }

  private long place(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return -1;
    }
    InetAddress parsed = InetAddresses.forString(address);
    if (parsed instanceof Inet4Address != (family == IpFamily.IPV4)) {
      return -1;
    }
    BigInteger place = InetAddresses.toBigInteger(parsed).subtract(first);
    return place.signum() >= 0 && place.compareTo(size) < 0 ? place.longValueExact() : -1;
  }
}
