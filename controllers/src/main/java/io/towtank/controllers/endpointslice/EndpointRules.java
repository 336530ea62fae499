package io.towtank.controllers.endpointslice;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.net.InetAddresses;
import io.towtank.api.Container;
import io.towtank.api.ContainerPort;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointPort;
import io.towtank.api.Fields;
import io.towtank.api.IntOrString;
import io.towtank.api.Node;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.Service;
import io.towtank.api.ServicePort;
import io.towtank.api.ServiceSpec;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is as an endpoint of a service (k8s.io/endpointslice: utils.go, and util/
 * controller_utils.go).
 */
final class EndpointRules {
  /** The label by which nodes say in which zone they are. */
  static final String ZONE = "topology.kubernetes.io/zone";

  private static final ImmutableList<EndpointConditions> CONDITIONS = conditions();

  private EndpointRules() {}

  /** The eight combinations of ready, serving and terminating, which all endpoints share. */
  private static ImmutableList<EndpointConditions> conditions() {
    ImmutableList.Builder<EndpointConditions> all = ImmutableList.builder();
    for (int i = 0; i < 8; i++) {
      all.add(new EndpointConditions((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, Fields.NONE));
    }
    return all.build();
  }

  /** Whether a service has its endpoints from the pods that it selects. */
  static boolean selectsPods(Service service) {
    ServiceSpec spec = service.spec();
    return spec != null && !"ExternalName".equals(spec.type()) && !spec.selector().isEmpty();
  }

  /** A service without an address of its own. */
  private static boolean isHeadless(ServiceSpec spec) {
    String clusterIp = spec.clusterIP();
    return clusterIp == null || clusterIp.isEmpty() || clusterIp.equals("None");
  }

  /**
   * The families of addresses that a service has: {@code IPv4}, {@code IPv6}. Where nothing says so
   * it is the family of its own address, and both where it has none (getAddressTypesForService).
   */
  static ImmutableSet<String> addressTypes(ServiceSpec spec) {
    if (!spec.ipFamilies().isEmpty()) {
      return ImmutableSet.copyOf(spec.ipFamilies());
    }
    String clusterIp = spec.clusterIP();
    return clusterIp == null || isHeadless(spec)
        ? ImmutableSet.of("IPv4", "IPv6")
        : ImmutableSet.of(addressType(clusterIp));
  }

  /** The family of an address. */
  static String addressType(String address) {
    return address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
  }

  /** Whether a pod counts at all: it has an address and has not come to its end. */
  static boolean isEligible(Pod pod) {
    return !pod.status().phase().isTerminal() && !addresses(pod).isEmpty();
  }

  /** A pod's addresses; those beside the first are in a field that nothing else interprets. */
  static ImmutableList<String> addresses(Pod pod) {
    String first = pod.status().podIP();
    if (!pod.status().rest().isEmpty()) {
      JsonNode all = pod.status().rest().get("podIPs");
      if (all != null && !all.isEmpty()) {
        ImmutableList.Builder<String> addresses = ImmutableList.builder();
        all.forEach(address -> addresses.add(canonical(address.path("ip").asText())));
        return addresses.build();
      }
    }
    return first == null || first.isEmpty()
        ? ImmutableList.of()
        : ImmutableList.of(canonical(first));
  }

  /** An address as Go writes it: IPv6 comes in many forms. */
  private static String canonical(String address) {
    return address.indexOf(':') >= 0 && InetAddresses.isInetAddress(address)
        ? InetAddresses.toAddrString(InetAddresses.forString(address))
        : address;
  }

  /** A pod's addresses of a family. */
  static ImmutableList<String> addresses(Pod pod, String addressType) {
    ImmutableList<String> all = addresses(pod);
    if (all.size() == 1) {
      return addressType(all.getFirst()).equals(addressType) ? all : ImmutableList.of();
    }
    return all.stream()
        .filter(address -> addressType(address).equals(addressType))
        .collect(ImmutableList.toImmutableList());
  }

  /** The ports that pods of a spec serve a service on; ports that they do not have are left out. */
  static ImmutableSet<EndpointPort> ports(ServiceSpec service, PodSpec pod) {
    ImmutableSet.Builder<EndpointPort> ports = ImmutableSet.builder();
    for (ServicePort port : service.ports()) {
      int number = number(port, pod);
      if (number >= 0) {
        ports.add(
            new EndpointPort(
                Objects.requireNonNullElse(port.name(), ""),
                protocol(port.protocol()),
                number,
                port.appProtocol(),
                Fields.NONE));
      }
    }
    return ports.build();
  }

  private static int number(ServicePort port, PodSpec pod) {
    IntOrString target = port.targetPort();
    if (target == null) {
      return port.port();
    }
    String name = target.text();
    if (name == null) {
      return target.number();
    }
    for (Container container : Iterables.concat(pod.containers(), pod.initContainers())) {
      if (isSidecarOrMain(container, pod)) {
        for (ContainerPort candidate : container.ports()) {
          if (name.equals(candidate.name())
              && protocol(candidate.protocol()).equals(protocol(port.protocol()))) {
            return candidate.containerPort();
          }
        }
      }
    }
    return -1;
  }

  @SuppressWarnings("ReferenceEquality") // Which of the lists it comes from.
  private static boolean isSidecarOrMain(Container container, PodSpec pod) {
    for (Container init : pod.initContainers()) {
      if (init == container) {
        return "Always".equals(container.restartPolicy());
      }
    }
    return true;
  }

  private static String protocol(@Nullable String protocol) {
    return protocol == null || protocol.isEmpty() ? "TCP" : protocol;
  }

  /** The host name under which DNS is to know pods of a spec, null where there is none. */
  static @Nullable String hostname(Service service, PodSpec spec) {
    if (spec.rest().isEmpty()) {
      return null;
    }
    JsonNode hostname = spec.rest().get("hostname");
    JsonNode subdomain = spec.rest().get("subdomain");
    return hostname != null
            && !hostname.asText().isEmpty()
            && subdomain != null
            && subdomain.asText().equals(service.name())
        ? hostname.asText()
        : null;
  }

  /**
   * A pod as an endpoint, without hints.
   *
   * @param hostname as {@link #hostname} says
   * @param node the pod's node, null where it is not known
   */
  static Endpoint endpoint(
      Pod pod,
      ImmutableList<String> addresses,
      boolean publishNotReady,
      @Nullable String hostname,
      @Nullable Node node) {
    boolean serving = pod.isReady();
    boolean terminating = pod.metadata().deletionTimestamp() != Timestamps.NONE;
    boolean ready = publishNotReady || (serving && !terminating);
    String zone = node == null ? null : node.metadata().labels().get(ZONE);
    return new Endpoint(
        addresses,
        CONDITIONS.get((ready ? 1 : 0) + (serving ? 2 : 0) + (terminating ? 4 : 0)),
        hostname,
        new ObjectReference(
            null,
            "Pod",
            pod.metadata().namespace(),
            pod.name(),
            pod.metadata().uid(),
            null,
            null,
            Fields.NONE),
        pod.nodeName(),
        zone == null || zone.isEmpty() ? null : zone,
        null,
        Fields.NONE);
  }

  /** Whether an endpoint takes part in the service. */
  static boolean isReady(Endpoint endpoint) {
    EndpointConditions conditions = endpoint.conditions();
    return conditions != null && Boolean.TRUE.equals(conditions.ready());
  }

  /**
   * Whether two endpoints are the same one, however it is doing (endpointslice: hashEndpoint).
   * Another pod of the same name and address is the same endpoint.
   */
  static boolean isSame(Endpoint a, Endpoint b) {
    ObjectReference pod = a.targetRef();
    ObjectReference otherPod = b.targetRef();
    return a.addresses().equals(b.addresses())
        && Objects.equals(a.hostname(), b.hostname())
        && Objects.equals(
            pod == null ? null : pod.name(), otherPod == null ? null : otherPod.name())
        && Objects.equals(
            pod == null ? null : pod.namespace(), otherPod == null ? null : otherPod.namespace());
  }

  /** Whether two endpoints differ in their hints at most. */
  @SuppressWarnings("ReferenceEquality")
  static boolean isEqualButForHints(Endpoint a, Endpoint b) {
    return a == b
        || (Objects.equals(a.conditions(), b.conditions())
            && Objects.equals(a.nodeName(), b.nodeName())
            && Objects.equals(a.zone(), b.zone())
            && Objects.equals(a.targetRef(), b.targetRef())
            && isSame(a, b));
  }

  /** Whether a change of a pod may change what it is as an endpoint. */
  @SuppressWarnings("ReferenceEquality")
  static boolean changes(Pod before, Pod after) {
    return before.metadata().deletionTimestamp() != after.metadata().deletionTimestamp()
        || (before.status() != after.status()
            && (before.status().phase().isTerminal() != after.status().phase().isTerminal()
                || before.isReady() != after.isReady()
                || !Objects.equals(before.status().podIP(), after.status().podIP())
                || (before.status().rest() != after.status().rest()
                    && !addresses(before).equals(addresses(after)))))
        || !Objects.equals(before.nodeName(), after.nodeName())
        || !Objects.equals(before.metadata().uid(), after.metadata().uid());
  }

  /** The labels that a service's slices bear: its own, and those that the controller needs. */
  static ImmutableMap<String, String> labels(Service service, String managedBy) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    service
        .metadata()
        .labels()
        .forEach((key, value) -> {
          if (!isReserved(key)) {
            labels.put(key, value);
          }
        });
    ServiceSpec spec = service.spec();
    if (spec == null || isHeadless(spec)) {
      labels.put(Labels.HEADLESS, "");
    }
    return labels
        .put(Labels.SERVICE_NAME, service.name())
        .put(Labels.MANAGED_BY, managedBy)
        .buildOrThrow();
  }

  /** Whether the labels of a service and of its slice agree, but for those of the controller. */
  static boolean sameOwnLabels(
      ImmutableMap<String, String> slice, ImmutableMap<String, String> service) {
    return own(slice).equals(own(service));
  }

  private static ImmutableMap<String, String> own(ImmutableMap<String, String> labels) {
    ImmutableMap.Builder<String, String> own = ImmutableMap.builder();
    labels.forEach((key, value) -> {
      if (!isReserved(key)) {
        own.put(key, value);
      }
    });
    return own.buildOrThrow();
  }

  private static boolean isReserved(String key) {
    return key.equals(Labels.SERVICE_NAME)
        || key.equals(Labels.MANAGED_BY)
        || key.equals(Labels.HEADLESS);
  }
}
