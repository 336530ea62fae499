package io.towtank.store.service;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A family of addresses, by the name that Services call it. */
enum IpFamily {
  IPV4("IPv4"),
  IPV6("IPv6");

  private final String text;

  IpFamily(String text) {
    this.text = text;
  }

  /** The family of an address, null where it is none. */
  static @Nullable IpFamily ofAddress(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return null;
    }
    return of(InetAddresses.forString(address));
  }

  static IpFamily of(InetAddress address) {
    return address instanceof Inet6Address ? IPV6 : IPV4;
  }

  /** The other one. */
  IpFamily other() {
    return this == IPV4 ? IPV6 : IPV4;
  }

  @Override
  public String toString() {
    return text;
  }
}
