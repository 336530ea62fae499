package io.towtank.environment;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Service;
import io.towtank.api.ServicePort;
import io.towtank.api.ServiceSpec;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The variables that tell a container of services (kubelet: envvars.FromServices): those of its
 * namespace that had an address when it started, if the pod wants them (enableServiceLinks), and
 * the API server in any case.
 */
final class ServiceVariables {
  private static final String API_SERVER = "kubernetes";

  private ServiceVariables() {}

  static ImmutableSortedMap<String, String> of(
      Iterable<Service> services, String namespace, boolean links) {
    Map<String, Service> seen = new TreeMap<>();
    for (Service service : services) {
      String home = Objects.requireNonNullElse(service.metadata().namespace(), "default");
      boolean own = home.equals(namespace) && links;
      boolean apiServer = home.equals("default") && service.name().equals(API_SERVER);
      if (hasAddress(service)) {
        if (own) {
          seen.put(service.name(), service);
        } else if (apiServer) {
          seen.putIfAbsent(service.name(), service);
        }
      }
    }
    Map<String, String> variables = new TreeMap<>();
    seen.values().forEach(service -> add(service, variables));
    return ImmutableSortedMap.copyOf(variables);
  }

  private static boolean hasAddress(Service service) {
    ServiceSpec spec = service.spec();
    String address = spec == null ? null : spec.clusterIP();
    return address != null && !address.isEmpty() && !address.equals("None");
  }

  private static void add(Service service, Map<String, String> variables) {
    ServiceSpec spec = Objects.requireNonNull(service.spec());
    String address = String.valueOf(spec.clusterIP());
    if (spec.ports().isEmpty()) {
      return;
    }
    String prefix = upper(service.name());
    variables.put(prefix + "_SERVICE_HOST", address);
    variables.put(prefix + "_SERVICE_PORT", String.valueOf(spec.ports().getFirst().port()));
    boolean first = true;
    for (ServicePort port : spec.ports()) {
      if (port.name() != null && !port.name().isEmpty()) {
        variables.put(prefix + "_SERVICE_PORT_" + upper(port.name()), String.valueOf(port.port()));
      }
      String protocol = port.protocol() == null ? "TCP" : port.protocol();
      String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
      String url = Ascii.toLowerCase(protocol) + "://" + host + ":" + port.port();
      String own = prefix + "_PORT_" + port.port() + "_" + Ascii.toUpperCase(protocol);
      if (first) {
        variables.put(prefix + "_PORT", url);
        first = false;
      }
      variables.put(own, url);
      variables.put(own + "_PROTO", Ascii.toLowerCase(protocol));
      variables.put(own + "_PORT", String.valueOf(port.port()));
      variables.put(own + "_ADDR", address);
    }
  }

  private static String upper(String name) {
    return Ascii.toUpperCase(name).replace('-', '_');
  }
}
