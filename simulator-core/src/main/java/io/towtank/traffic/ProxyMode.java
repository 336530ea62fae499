package io.towtank.traffic;

/**
 * How nodes spread the connections of a service over its ready endpoints (kube-proxy --proxy-mode).
 */
public enum ProxyMode {
  /** Each by chance, with the same probability: {@code statistic --mode random}. */
  IPTABLES("iptables"),
  /** As iptables: {@code numgen random}. */
  NFTABLES("nftables"),
  /** In turn: the scheduler rr of IPVS. */
  IPVS("ipvs");

  private final String text;

  ProxyMode(String text) {
    this.text = text;
  }

  /** The mode of that name. */
  public static ProxyMode parse(String text) {
    for (ProxyMode mode : values()) {
      if (mode.text.equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no proxy mode: there are iptables, nftables and ipvs");
  }

  boolean isRandom() {
    return this != IPVS;
  }

  @Override
  public String toString() {
    return text;
  }
}
