package io.towtank.store.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Service;
import io.towtank.api.ServicePort;
import io.towtank.api.ServicePortBuilder;
import io.towtank.api.ServiceSpec;
import io.towtank.api.ServiceSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A Service's spec while the registry works on it. */
final class ServiceDraft {
  static final String NONE = "None";
  static final String EXTERNAL_NAME = "ExternalName";
  static final String SINGLE_STACK = "SingleStack";
  static final String REQUIRE_DUAL_STACK = "RequireDualStack";

  private static final String POLICY = "ipFamilyPolicy";
  private static final String HEALTH_CHECK_PORT = "healthCheckNodePort";
  private static final String ALLOCATE_NODE_PORTS = "allocateLoadBalancerNodePorts";
  private static final String LOAD_BALANCER_CLASS = "loadBalancerClass";

  private final ServiceSpec spec;
  String clusterIp;
  List<String> clusterIps;
  List<String> families;
  final List<ServicePort> ports;
  String policy;
  int healthCheckPort;
  private @Nullable String externalTrafficPolicy;
  private Fields rest;

  ServiceDraft(ServiceSpec spec) {
    this.spec = spec;
    this.clusterIp = text(spec.clusterIP());
    this.clusterIps = new ArrayList<>(spec.clusterIPs());
    this.families = new ArrayList<>(spec.ipFamilies());
    this.ports = new ArrayList<>(spec.ports());
    this.rest = spec.rest();
    this.policy = restText(POLICY);
    this.healthCheckPort = restNumber(HEALTH_CHECK_PORT);
    this.externalTrafficPolicy = spec.externalTrafficPolicy();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private String restText(String name) {
    JsonNode value = rest.get(name);
    return value == null || !value.isTextual() ? "" : value.textValue();
  }

  private int restNumber(String name) {
    JsonNode value = rest.get(name);
    return value == null ? 0 : value.asInt();
  }

  String type() {
    return text(spec.type()).isEmpty() ? "ClusterIP" : text(spec.type());
  }

  boolean isExternalName() {
    return type().equals(EXTERNAL_NAME);
  }

  boolean isLoadBalancer() {
    return type().equals("LoadBalancer");
  }

  boolean needsNodePorts() {
    return isLoadBalancer() || type().equals("NodePort");
  }

  /** Whether ports without a number get one. */
  boolean allocatesNodePorts() {
    JsonNode wanted = rest.get(ALLOCATE_NODE_PORTS);
    return type().equals("NodePort") || wanted == null || wanted.asBoolean(true);
  }

  /** pkg/api/service: NeedsHealthCheck. */
  boolean needsHealthCheck() {
    return isLoadBalancer() && "Local".equals(externalTrafficPolicy);
  }

  /** pkg/api/service: ExternallyAccessible. */
  boolean isExternal() {
    JsonNode externalIps = rest.get("externalIPs");
    return needsNodePorts()
        || (type().equals("ClusterIP") && externalIps != null && !externalIps.isEmpty());
  }

  boolean isHeadless() {
    return clusterIps.size() == 1 && clusterIps.getFirst().equals(NONE);
  }

  boolean hasSelector() {
    return !spec.selector().isEmpty();
  }

  String loadBalancerClass() {
    return restText(LOAD_BALANCER_CLASS);
  }

  static int nodePort(ServicePort port) {
    return port.nodePort() == null ? 0 : port.nodePort();
  }

  void setNodePort(int index, int nodePort) {
    ports.set(
        index,
        ServicePortBuilder.builder(ports.get(index))
            .nodePort(nodePort == 0 ? null : nodePort)
            .build());
  }

  List<Integer> nodePorts() {
    List<Integer> numbers = new ArrayList<>();
    for (ServicePort port : ports) {
      if (nodePort(port) != 0) {
        numbers.add(nodePort(port));
      }
    }
    return numbers;
  }

  /**
   * What only the type that it had needs and that was left as it was goes (service/strategy.go).
   */
  void dropWhatTheTypeDoesNotNeed(ServiceDraft before) {
    if (!before.isExternalName() && isExternalName()) {
      if (clusterIp.equals(before.clusterIp) && clusterIps.equals(before.clusterIps)) {
        clusterIp = "";
        clusterIps = new ArrayList<>();
      }
      if (families.equals(before.families)) {
        families = new ArrayList<>();
      }
      if (policy.equals(before.policy)) {
        policy = "";
      }
    }
    if (before.needsNodePorts() && !needsNodePorts() && nodePorts().equals(before.nodePorts())) {
      for (int i = 0; i < ports.size(); i++) {
        setNodePort(i, 0);
      }
    }
    if (before.needsHealthCheck()
        && !needsHealthCheck()
        && healthCheckPort == before.healthCheckPort) {
      healthCheckPort = 0;
    }
    if (before.isLoadBalancer() && !isLoadBalancer()) {
      for (String field : new String[] {ALLOCATE_NODE_PORTS, LOAD_BALANCER_CLASS}) {
        if (Objects.equals(rest.get(field), before.rest.get(field))) {
          rest = rest.with(field, null);
        }
      }
    }
    if (before.isExternal()
        && !isExternal()
        && Objects.equals(externalTrafficPolicy, before.externalTrafficPolicy)) {
      externalTrafficPolicy = null;
    }
  }

  /** The Service with what the registry decided; the same instance where nothing is new. */
  Service of(Service service) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Fields fields = rest;
    if (!policy.equals(restText(POLICY))) {
      fields = fields.with(POLICY, policy.isEmpty() ? null : nodes.textNode(policy));
    }
    if (healthCheckPort != restNumber(HEALTH_CHECK_PORT)) {
      fields =
          fields.with(
              HEALTH_CHECK_PORT, healthCheckPort == 0 ? null : nodes.numberNode(healthCheckPort));
    }
    ServiceSpec drafted =
        ServiceSpecBuilder.builder(spec)
            .clusterIP(clusterIp.isEmpty() ? null : clusterIp)
            .clusterIPs(ImmutableList.copyOf(clusterIps))
            .ipFamilies(ImmutableList.copyOf(families))
            .ports(ImmutableList.copyOf(ports))
            .externalTrafficPolicy(externalTrafficPolicy)
            .rest(fields)
            .build();
    return drafted.equals(spec) ? service : service.withSpec(drafted);
  }

  /** A list of texts as messages show it. */
  static String shown(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return array.toString();
  }
}
