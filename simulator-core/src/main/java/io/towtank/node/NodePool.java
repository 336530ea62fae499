package io.towtank.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeAddress;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatus;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of one make. They share all that they have in common, so that 100,000 of them are cheap. A
 * node is not ready before its kubelet has registered it: see {@link HollowKubelets}.
 *
 * @param namePrefix the names' first part, as in {@code node-}
 * @param firstNumber the number of the first node
 * @param count how many nodes
 * @param zones the values of topology.kubernetes.io/zone, in turn; empty for no such label
 * @param template labels, annotations, taints, capacity and allocatable of each; its name, its
 *     addresses and its pod CIDR do not matter
 */
@RecordBuilder
public record NodePool(
    String namePrefix, int firstNumber, int count, ImmutableList<String> zones, Node template) {
  /** A node's annotation: how many files its disk can have; by default one for each 16 KiB. */
  public static final String INODES = "towtank.io/inodes";

  /** A node's annotation: how many processes it can have; by default 4,194,304. */
  public static final String PIDS = "towtank.io/pids";

  private static final String PREFIX = "towtank.io/";
  private static final int NUMBER_WIDTH = 5;
  private static final String HOSTNAME = "kubernetes.io/hostname";
  private static final String OS = "kubernetes.io/os";
  private static final String ARCH = "kubernetes.io/arch";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final ImmutableMap<String, Quantity> DEFAULT_CAPACITY =
      ImmutableMap.of(
          "cpu", Quantity.of(32), "memory", Quantity.parse("256Gi"), "pods", Quantity.of(110));

  /** The names of the zones of nodes of which nobody says where they are. */
  public static final ImmutableList<String> DEFAULT_ZONES =
      ImmutableList.of("zone-0", "zone-1", "zone-2");

  /**
   * What is wrong with what a node's annotation says; null where nothing is, or it is another's.
   */
  public static @Nullable String problem(String annotation, String value) {
    if (!annotation.startsWith(PREFIX)) {
      return null;
    }
    if (!annotation.equals(INODES) && !annotation.equals(PIDS)) {
      return "nodes have no annotation \"" + annotation + "\"; there are " + INODES + ", " + PIDS;
    }
    Long count = NodeResource.count(value);
    return count == null || count == 0
        ? "\"" + value + "\" is no number of at least 1, as 32768"
        : null;
  }

  /** A node of 32 CPU, 256Gi and 110 pods. */
  public static final Node DEFAULT_TEMPLATE = template(DEFAULT_CAPACITY, DEFAULT_CAPACITY);

  /** Checks that the numbers make sense. */
  public NodePool {
    if (count < 0 || firstNumber < 0) {
      throw new IllegalArgumentException(
          "a pool of " + count + " nodes from number " + firstNumber + " on is none");
    }
  }

  /** {@code node-00000} and so on, of 32 CPU, 256Gi and 110 pods, in three zones in turn. */
  public static NodePool of(int count) {
    return of(count, DEFAULT_TEMPLATE);
  }

  /** {@code node-00000} and so on, of a template, in three zones in turn. */
  public static NodePool of(int count, Node template) {
    return new NodePool("node-", 0, count, DEFAULT_ZONES, template);
  }

  /** A template without labels and taints. */
  public static Node template(
      ImmutableMap<String, Quantity> capacity, ImmutableMap<String, Quantity> allocatable) {
    return NodeBuilder.builder()
        .metadata(ObjectMetaBuilder.builder().build())
        .spec(NodeSpecBuilder.builder().build())
        .status(NodeStatusBuilder.builder().capacity(capacity).allocatable(allocatable).build())
        .build();
  }

  /** The name of the i-th node. */
  public String name(int i) {
    int width = Math.max(NUMBER_WIDTH, Integer.toString(firstNumber + count - 1).length());
    return namePrefix + Strings.padStart(Integer.toString(firstNumber + i), width, '0');
  }

  /**
   * Makes the nodes, one after another.
   *
   * @param creator takes each, as {@code store::create} does
   */
  public void create(NodeNetwork network, Consumer<Node> creator) {
    NodeStatus shared = sharedStatus();
    Map<String, String> common = commonLabels();
    for (int i = 0; i < count; i++) {
      String name = name(i);
      NodeStatus status =
          NodeStatusBuilder.builder(shared)
              .addresses(addresses(name, network.nextAddress()))
              .build();
      creator.accept(
          new Node(
              metadata(i, name, common),
              0,
              withPodCidr(template.spec(), network),
              status,
              Fields.NONE));
    }
  }

  /** The i-th node without an address and a pod CIDR, as one to ask about. */
  public Node example(int i) {
    return new Node(
        metadata(i, name(i), commonLabels()), 0, template.spec(), sharedStatus(), Fields.NONE);
  }

  private Map<String, String> commonLabels() {
    Map<String, String> common = new TreeMap<>(template.metadata().labels());
    common.putIfAbsent(OS, "linux");
    common.putIfAbsent(ARCH, "amd64");
    return common;
  }

  private ObjectMeta metadata(int i, String name, Map<String, String> common) {
    if (!zones.isEmpty()) {
      common.put(ZONE, zones.get((firstNumber + i) % zones.size()));
    }
    common.put(HOSTNAME, name);
    return ObjectMetaBuilder.builder(template.metadata())
        .name(name)
        .generateName(null)
        .labels(ImmutableMap.copyOf(common))
        .build();
  }

  /**
   * Makes nodes that came as objects: as they are, but for a pod CIDR and an address where they
   * have none.
   *
   * @param creator takes each, as {@code store::create} does
   */
  public static void createImported(List<Node> nodes, NodeNetwork network, Consumer<Node> creator) {
    nodes.forEach(node -> cidrs(node.spec()).forEach(network::reserve));
    for (Node node : nodes) {
      NodeSpec spec =
          cidrs(node.spec()).isEmpty() ? withPodCidr(node.spec(), network) : node.spec();
      NodeStatus status = node.status();
      if (status.addresses().isEmpty()) {
        status =
            NodeStatusBuilder.builder(status)
                .addresses(addresses(node.name(), network.nextAddress()))
                .build();
      }
      creator.accept(node.withSpec(spec).withStatus(status).withResourceVersion(0));
    }
  }

  private NodeStatus sharedStatus() {
    NodeStatus status = template.status();
    Fields rest = status.rest();
    return NodeStatusBuilder.builder(status)
        .allocatable(status.allocatable().isEmpty() ? status.capacity() : status.allocatable())
        .conditions(ImmutableList.of())
        .rest(rest.get("nodeInfo") == null ? rest.with("nodeInfo", nodeInfo()) : rest)
        .build();
  }

  private static ObjectNode nodeInfo() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("architecture", "amd64")
        .put("bootID", "")
        .put("containerRuntimeVersion", "hollow://")
        .put("kernelVersion", "")
        .put("kubeProxyVersion", "v1.34")
        .put("kubeletVersion", "v1.34")
        .put("machineID", "")
        .put("operatingSystem", "linux")
        .put("osImage", "hollow")
        .put("systemUUID", "");
  }

  private static NodeSpec withPodCidr(NodeSpec spec, NodeNetwork network) {
    String cidr = network.allocatePodCidr();
    return NodeSpecBuilder.builder(spec).podCIDR(cidr).podCIDRs(ImmutableList.of(cidr)).build();
  }

  /** The pod CIDRs of a node, none where it has none. */
  static ImmutableList<String> cidrs(NodeSpec spec) {
    @Nullable String first = spec.podCIDR();
    return !spec.podCIDRs().isEmpty()
        ? spec.podCIDRs()
        : first == null || first.isEmpty() ? ImmutableList.of() : ImmutableList.of(first);
  }

  static ImmutableList<NodeAddress> addresses(String name, String address) {
    return ImmutableList.of(
        new NodeAddress("InternalIP", address, Fields.NONE),
        new NodeAddress("Hostname", name, Fields.NONE));
  }
}
