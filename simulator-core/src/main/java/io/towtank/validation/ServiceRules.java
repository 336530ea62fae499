package io.towtank.validation;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashSet;
import java.util.Set;

/** Services and Ingresses (pkg/apis/core/validation, pkg/apis/networking/validation). */
final class ServiceRules {
  /** The default of --service-node-port-range. */
  private static final int FIRST_NODE_PORT = 30000;

  private static final int LAST_NODE_PORT = 32767;

  private ServiceRules() {}

  static void service(Subject spec) {
    boolean external = spec.at("type").is("ExternalName");
    boolean headless = spec.at("clusterIP").is("None");
    Subject ports = spec.at("ports");
    if (ports.isEmpty() && !external && !headless) {
      ports.required("");
    }
    if (external) {
      if (spec.at("externalName").isEmpty()) {
        spec.at("externalName").required("");
      }
      if (!spec.at("clusterIP").isEmpty()) {
        spec.at("clusterIP").forbidden("may not be set when `type` is 'ExternalName'");
      }
    }
    boolean nodePorts = spec.at("type").is("NodePort") || spec.at("type").is("LoadBalancer");
    if (headless && nodePorts) {
      spec.at("clusterIP")
          .invalid("may not be set to 'None' for " + spec.at("type").text() + " services");
    }
    Set<String> names = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    Set<Long> taken = new HashSet<>();
    for (Subject port : ports.items()) {
      Subject name = port.at("name");
      if (name.isEmpty()) {
        if (ports.items().size() > 1) {
          name.required("");
        }
      } else {
        name.require(NameCheck.DNS_LABEL);
        if (!names.add(name.text())) {
          name.duplicate();
        }
      }
      Amounts.port(port.at("port"));
      Amounts.portOrName(port.at("targetPort"));
      String protocol = port.at("protocol").isEmpty() ? "TCP" : port.at("protocol").text();
      String key = port.at("port").whole(0) + "/" + protocol;
      if (port.at("port").isPresent() && !numbers.add(key)) {
        port.duplicate(new TextNode(key));
      }
      nodePort(port.at("nodePort"), nodePorts, spec.at("type"), taken);
    }
    MetadataRules.labels(spec.at("selector"));
    Subject timeout = spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds");
    timeout.requireBetween(1, 86400);
  }

  private static void nodePort(Subject port, boolean allowed, Subject type, Set<Long> taken) {
    long number = port.whole(0);
    if (number == 0) {
      return;
    }
    if (!allowed) {
      port.forbidden(
          "may not be used when `type` is '" + (type.isEmpty() ? "ClusterIP" : type.text()) + "'");
    } else if (number < FIRST_NODE_PORT || number > LAST_NODE_PORT) {
      port.invalid(
          "provided port is not in the valid range. The range of valid ports is "
              + FIRST_NODE_PORT
              + "-"
              + LAST_NODE_PORT);
    } else if (!taken.add(number)) {
      port.duplicate();
    }
  }

  static void ingress(Subject spec) {
    if (spec.at("rules").isEmpty() && !spec.at("defaultBackend").isPresent()) {
      spec.invalid("either `defaultBackend` or `rules` must be specified");
    }
    backend(spec.at("defaultBackend"));
    for (Subject rule : spec.at("rules").items()) {
      Subject host = rule.at("host");
      if (host.text().startsWith("*.")) {
        for (String problem :
            NameCheck.DNS_SUBDOMAIN.problems(host.text().substring("*.".length()))) {
          host.invalid(problem);
        }
      } else if (!host.isEmpty()) {
        host.require(NameCheck.DNS_SUBDOMAIN);
      }
      Subject paths = rule.at("http", "paths");
      if (rule.at("http").isPresent() && paths.isPresent() && paths.isEmpty()) {
        paths.required("");
      }
      for (Subject path : paths.items()) {
        Subject type = path.at("pathType");
        if (!type.isEmpty()
            && !type.is("ImplementationSpecific")
            && !path.at("path").text().startsWith("/")) {
          path.at("path").invalid("must be an absolute path");
        }
        backend(path.at("backend"));
      }
    }
  }

  private static void backend(Subject backend) {
    if (!backend.isPresent()) {
      return;
    }
    Subject service = backend.at("service");
    if (service.isPresent() == backend.at("resource").isPresent()) {
      backend.invalid(
          service.isPresent()
              ? "cannot set both resource and service backends"
              : "resource or service backend is required");
    }
    if (!service.isPresent()) {
      return;
    }
    if (service.at("name").node().isTextual()) {
      service.at("name").require(NameCheck.DNS_1035_LABEL);
    }
    Subject number = service.at("port", "number");
    Subject name = service.at("port", "name");
    if (number.whole(0) != 0 && !name.isEmpty()) {
      service.at("port").invalid("cannot set both port name & port number");
    } else if (number.whole(0) == 0 && name.isEmpty()) {
      service.at("port").required("port name or number is required");
    }
    Amounts.port(number);
    if (!name.isEmpty()) {
      name.require(NameCheck.PORT_NAME);
    }
  }

  static void endpointSlice(Subject document) {
    for (Subject endpoint : document.at("endpoints").items()) {
      Subject addresses = endpoint.at("addresses");
      if (addresses.isPresent() && addresses.isEmpty()) {
        addresses.required("must contain at least 1 address");
      }
    }
    MetadataRules.distinct(document.at("ports").items(), "name");
    for (Subject port : document.at("ports").items()) {
      Amounts.port(port.at("port"));
    }
  }
}
