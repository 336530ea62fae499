package io.towtank.scheduler.state;

/** A port of the node that a pod takes. */
public record HostPort(String protocol, String ip, int port) {
  private static final String ANY_IP = "0.0.0.0";

  /** Whether both cannot be had (kube-scheduler: HostPortInfo.CheckConflict). */
  public boolean conflicts(HostPort other) {
    return port == other.port
        && protocol.equals(other.protocol)
        && (ip.equals(ANY_IP) || other.ip.equals(ANY_IP) || ip.equals(other.ip));
  }
}
