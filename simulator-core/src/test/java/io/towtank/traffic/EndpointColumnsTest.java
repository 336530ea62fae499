package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointColumnsTest {
  /**
   * Endpoints as in {@code node/zone:state:zone hint:node hint}; a state is ready (r), serving
   * while it ends (s), or neither (-).
   */
  private static EndpointColumns endpoints(String text) {
    List<String> all = Splitter.on(' ').splitToList(text);
    EndpointColumns columns = new EndpointColumns(all.size());
    for (int i = 0; i < all.size(); i++) {
      List<String> parts = Splitter.on(':').splitToList(all.get(i));
      List<String> place = Splitter.on('/').splitToList(parts.get(0));
      columns.backends[i] = new Backend("pod-" + i, place.get(0), "", 1);
      columns.labels[i] = ImmutableMap.of();
      columns.nodes[i] = place.get(0);
      columns.zones[i] = place.get(1);
      columns.ready[i] = parts.get(1).equals("r");
      columns.serving[i] = !parts.get(1).equals("-");
      columns.terminating[i] = parts.get(1).equals("s");
      columns.zoneHints[i] = hint(parts, 2);
      columns.nodeHints[i] = hint(parts, 3);
    }
    return columns;
  }

  private static ImmutableSet<String> hint(List<String> parts, int place) {
    return parts.size() > place && !parts.get(place).isEmpty()
        ? ImmutableSet.of(parts.get(place))
        : ImmutableSet.of();
  }

  private static String chosen(int[] endpoints) {
    StringBuilder text = new StringBuilder();
    for (int endpoint : endpoints) {
      text.append(endpoint);
    }
    return text.toString();
  }

  /** Endpoints, what n0 in z0 uses with the policy Cluster, and with the policy Local. */
  @ParameterizedTest
  @CsvSource({
    // All that are ready, and those on the node itself.
    "n0/z0:r n1/z1:r n2/z1:-,               01, 0",
    // None is on the node.
    "n1/z1:r n2/z1:r,                       01, ''",
    // None is ready: those that still serve while they end.
    "n0/z0:s n1/z1:s n2/z1:-,               01, 0",
    // Of what is ready anywhere, what ends gets nothing; of what is on the node, it does.
    "n0/z0:s n1/z1:r,                       1,  0",
    "n0/z0:r n0/z0:s,                       0,  0",
    // Hints for the zone.
    "n0/z0:r:z0 n1/z1:r:z1 n3/z0:r:z0,      02, 0",
    // Not all have hints: they count for nothing.
    "n0/z0:r:z0 n1/z1:r n3/z0:r:z0,         012, 0",
    // One without a hint that is not ready does no harm.
    "n0/z0:r:z0 n1/z1:- n3/z0:r:z0,         02, 0",
    // No hint is for this zone.
    "n1/z1:r:z1 n2/z2:r:z2,                 01, ''",
    // A hint may be for another zone than the endpoint's own.
    "n1/z1:r:z0 n2/z2:r:z2,                 0,  ''",
    // Hints for nodes go before hints for zones.
    "n0/z0:r:z0:n0 n3/z0:r:z0:n3,           0,  0",
    // None for this node: then by zones.
    "n3/z0:r:z0:n3 n4/z1:r:z1:n4,           0,  ''",
    // Those with hints for the zone are gone: what still serves does so for everybody.
    "n0/z0:s:z0 n1/z1:s:z1,                 01, 0",
  })
  void aNodeUses(String endpoints, String cluster, String local) {
    EndpointColumns columns = endpoints(endpoints);
    assertThat(chosen(columns.forCluster("n0", "z0"))).isEqualTo(cluster);
    assertThat(chosen(columns.forLocal("n0"))).isEqualTo(local);
  }
}
