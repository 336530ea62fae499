package io.towtank.api;

import com.google.common.collect.ImmutableList;

/**
 * A port of the node that a pod takes.
 *
 * @param ip of the node's addresses; 0.0.0.0 for all
 */
public record HostPort(String protocol, String ip, int port) {
  private static final String ANY_IP = "0.0.0.0";

  /** What containers and sidecars take (kubernetes: schedutil.GetHostPorts). */
  public static ImmutableList<HostPort> of(PodSpec spec) {
    ImmutableList.Builder<HostPort> ports = ImmutableList.builder();
    for (Container container : spec.initContainers()) {
      if ("Always".equals(container.restartPolicy())) {
        addPorts(container, ports);
      }
    }
    for (Container container : spec.containers()) {
      addPorts(container, ports);
    }
    return ports.build();
  }

  private static void addPorts(Container container, ImmutableList.Builder<HostPort> ports) {
    for (ContainerPort port : container.ports()) {
      if (port.hostPort() != null && port.hostPort() > 0) {
        String ip = port.hostIP();
        ports.add(
            new HostPort(
                port.protocol() == null ? "TCP" : port.protocol(),
                ip == null || ip.isEmpty() ? ANY_IP : ip,
                port.hostPort()));
      }
    }
  }

  /** Whether both cannot be had (kube-scheduler: HostPortInfo.CheckConflict). */
  public boolean conflicts(HostPort other) {
    return port == other.port
        && protocol.equals(other.protocol)
        && (ip.equals(ANY_IP) || other.ip.equals(ANY_IP) || ip.equals(other.ip));
  }
}
