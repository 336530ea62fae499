package io.towtank.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Quantity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodePoolTest {
  private static List<Node> nodes(NodePool pool, NodeNetwork network) {
    List<Node> nodes = new ArrayList<>();
    pool.create(network, nodes::add);
    return nodes;
  }

  @Test
  void nodesAreNumberedAndSpreadOverZones() {
    List<Node> nodes = nodes(NodePool.of(5), NodeNetwork.forNodes(5));
    assertThat(nodes)
        .extracting(Node::name, n -> n.metadata().labels().get("topology.kubernetes.io/zone"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("node-00000", "zone-0"),
            org.assertj.core.groups.Tuple.tuple("node-00001", "zone-1"),
            org.assertj.core.groups.Tuple.tuple("node-00002", "zone-2"),
            org.assertj.core.groups.Tuple.tuple("node-00003", "zone-0"),
            org.assertj.core.groups.Tuple.tuple("node-00004", "zone-1"));
    Node first = nodes.get(0);
    assertThat(first.metadata().labels())
        .containsEntry("kubernetes.io/hostname", "node-00000")
        .containsEntry("kubernetes.io/os", "linux")
        .containsEntry("kubernetes.io/arch", "amd64");
    assertThat(first.status().capacity())
        .containsEntry("cpu", Quantity.parse("32"))
        .containsEntry("memory", Quantity.parse("256Gi"))
        .containsEntry("pods", Quantity.parse("110"));
    assertThat(first.status().allocatable()).isEqualTo(first.status().capacity());
    assertThat(first.status().conditions()).isEmpty();
    assertThat(nodes)
        .extracting(n -> n.spec().podCIDR())
        .startsWith("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24");
    assertThat(nodes)
        .extracting(n -> n.status().addresses().get(0).address())
        .startsWith("172.16.0.1", "172.16.0.2");
  }

  @Test
  void aHundredThousandNodesHaveRangesAndAddressesOfTheirOwnAndShareTheRest() {
    List<Node> nodes = nodes(NodePool.of(100_000), NodeNetwork.forNodes(100_000));
    Set<String> cidrs = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (Node node : nodes) {
      cidrs.add(node.spec().podCIDR());
      addresses.add(node.status().addresses().get(0).address());
      assertThat(node.status().capacity()).isSameAs(nodes.get(0).status().capacity());
      assertThat(node.status().rest()).isSameAs(nodes.get(0).status().rest());
    }
    assertThat(cidrs).hasSize(100_000);
    assertThat(addresses).hasSize(100_000);
    assertThat(nodes.get(99_999).name()).isEqualTo("node-99999");
    assertThat(nodes.get(1).spec().podCIDR()).isEqualTo("10.0.0.128/25");
  }

  @Test
  void moreThanAHundredThousandNodesHaveLongerNames() {
    NodePool pool = new NodePool("n-", 0, 100_001, ImmutableList.of(), NodePool.DEFAULT_TEMPLATE);
    assertThat(pool.name(7)).isEqualTo("n-000007");
    assertThat(pool.name(100_000)).isEqualTo("n-100000");
  }

  @Test
  void whatATemplateSaysIsKept() {
    Node template =
        NodeBuilder.builder(
                NodePool.template(ImmutableMap.of("cpu", Quantity.of(4)), ImmutableMap.of()))
            .metadata(
                ObjectMetaBuilder.builder()
                    .labels(ImmutableMap.of("pool", "gpu", "kubernetes.io/arch", "arm64"))
                    .build())
            .build();
    Node node =
        nodes(new NodePool("gpu-", 8, 1, ImmutableList.of(), template), NodeNetwork.forNodes(1))
            .get(0);
    assertThat(node.name()).isEqualTo("gpu-00008");
    assertThat(node.metadata().labels())
        .containsEntry("pool", "gpu")
        .containsEntry("kubernetes.io/arch", "arm64")
        .doesNotContainKey("topology.kubernetes.io/zone");
    assertThat(node.status().allocatable()).containsEntry("cpu", Quantity.of(4));
  }

  @Test
  void importedNodesKeepTheirRangesAndOthersGetFreeOnes() {
    Node own = imported("a", "10.0.1.0/24");
    Node without = imported("b", null);
    Node alsoWithout = imported("c", null);
    List<Node> nodes = new ArrayList<>();
    NodePool.createImported(
        ImmutableList.of(without, own, alsoWithout), NodeNetwork.forNodes(10), nodes::add);
    assertThat(nodes)
        .extracting(n -> n.spec().podCIDR())
        .containsExactly("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24");
    assertThat(nodes).extracting(Node::resourceVersion).containsOnly(0L);
  }

  private static Node imported(String name, @org.jspecify.annotations.Nullable String podCidr) {
    Node node = NodePool.DEFAULT_TEMPLATE;
    return NodeBuilder.builder(node)
        .metadata(ObjectMetaBuilder.builder().name(name).build())
        .spec(NodeSpecBuilder.builder().podCIDR(podCidr).build())
        .resourceVersion(77)
        .build();
  }

  @Test
  void rangesAreGivenOutInTurnAndAgainWhenAllWereUsed() {
    NodeNetwork network = new NodeNetwork("10.8.0.0/22", 24, "172.16.0.0/30");
    List<String> given = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      given.add(network.allocatePodCidr());
    }
    assertThat(given).containsExactly("10.8.0.0/24", "10.8.1.0/24", "10.8.2.0/24", "10.8.3.0/24");
    assertThatThrownBy(network::allocatePodCidr)
        .hasMessage(
            "no pod CIDR is left: 10.8.0.0/22 has 4 shares of /24. Maybe use a larger cluster CIDR,"
                + " or smaller shares");
    network.release("10.8.2.0/24");
    assertThat(network.allocatePodCidr()).isEqualTo("10.8.2.0/24");
    assertThat(network.nextAddress()).isEqualTo("172.16.0.1");
    assertThat(network.nextAddress()).isEqualTo("172.16.0.2");
    assertThatThrownBy(network::nextAddress).hasMessageContaining("172.16.0.0/30");
  }

  @Test
  void aLargeReservedRangeCoversAllItsShares() {
    NodeNetwork network = new NodeNetwork("10.8.0.0/22", 24, "172.16.0.0/12");
    network.reserve("10.8.0.0/23");
    network.reserve("192.168.0.0/24");
    network.reserve("fd00::/64");
    assertThat(network.allocatePodCidr()).isEqualTo("10.8.2.0/24");
  }

  @Test
  void whatIsNoRangeIsRefused() {
    for (String text : new String[] {"10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "x"}) {
      assertThatThrownBy(() -> new NodeNetwork(text, 24, "172.16.0.0/12"))
          .hasMessageContaining("\"" + text + "\"")
          .hasMessageContaining("as in 10.0.0.0/8");
    }
    assertThatThrownBy(() -> new NodeNetwork("10.0.0.0/24", 16, "172.16.0.0/12"))
        .hasMessageContaining("between /24 and /30");
  }

  @Test
  void addressesOfANodeAreGivenOutInTurn() {
    PodIps ips = new PodIps(Cidr.parse("10.1.2.0/29"));
    assertThat(ips.capacity()).isEqualTo(5);
    assertThat(Cidr.text(ips.take())).isEqualTo("10.1.2.2");
    assertThat(Cidr.text(ips.take())).isEqualTo("10.1.2.3");
    ips.free(Cidr.parse("10.1.2.2/32").base());
    assertThat(Cidr.text(ips.take())).isEqualTo("10.1.2.4");
    assertThat(ips.take(Cidr.parse("10.1.2.5/32").base())).isTrue();
    assertThat(ips.take(Cidr.parse("10.1.2.5/32").base())).isFalse();
    assertThat(ips.take(Cidr.parse("10.1.9.5/32").base())).isFalse();
    assertThat(Cidr.text(ips.take())).isEqualTo("10.1.2.6");
    assertThat(Cidr.text(ips.take())).isEqualTo("10.1.2.2");
    assertThat(ips.take()).isEqualTo(PodIps.NONE);
    assertThat(ips).hasToString("10.1.2.1-10.1.2.6");
  }
}
