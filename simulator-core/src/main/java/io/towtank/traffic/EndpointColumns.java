package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service as its slices have them, and which of them a node's proxy uses
 * (kube-proxy: pkg/proxy/topology.go).
 */
final class EndpointColumns {
  static final EndpointColumns NONE = new EndpointColumns(0);

  private static final int[] NOTHING = {};

  final Backend[] backends;
  final boolean[] ready;
  final boolean[] serving;
  final boolean[] terminating;
  final @Nullable String[] nodes;
  final @Nullable String[] zones;
  final ImmutableSet<String>[] zoneHints;
  final ImmutableSet<String>[] nodeHints;
  final ImmutableMap<String, String>[] labels;

  @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
  EndpointColumns(int count) {
    backends = new Backend[count];
    ready = new boolean[count];
    serving = new boolean[count];
    terminating = new boolean[count];
    nodes = new @Nullable String[count];
    zones = new @Nullable String[count];
    zoneHints = (ImmutableSet<String>[]) new ImmutableSet[count];
    nodeHints = (ImmutableSet<String>[]) new ImmutableSet[count];
    labels = (ImmutableMap<String, String>[]) new ImmutableMap[count];
  }

  int count() {
    return ready.length;
  }

  /** Whether hints may make nodes differ: of hints for all ready endpoints. */
  boolean allHinted(ImmutableSet<String>[] hints) {
    boolean any = false;
    for (int i = 0; i < ready.length; i++) {
      if (ready[i]) {
        if (hints[i].isEmpty()) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  private boolean anyHintedFor(ImmutableSet<String>[] hints, @Nullable String whom) {
    if (whom == null) {
      return false;
    }
    for (int i = 0; i < ready.length; i++) {
      if (ready[i] && hints[i].contains(whom)) {
        return true;
      }
    }
    return false;
  }

  private interface Test {
    boolean takes(int endpoint);
  }

  private int[] those(Test test) {
    int count = 0;
    for (int i = 0; i < ready.length; i++) {
      if (test.takes(i)) {
        count++;
      }
    }
    if (count == 0) {
      return NOTHING;
    }
    int[] chosen = new int[count];
    int place = 0;
    for (int i = 0; i < ready.length; i++) {
      if (test.takes(i)) {
        chosen[place++] = i;
      }
    }
    return chosen;
  }

  /**
   * Those that a node uses where the traffic policy is Cluster: the ready ones, of these those that
   * hints mean for its node or its zone where all have such hints and some are for it; where none
   * is ready, those that still serve while they end.
   */
  int[] forCluster(@Nullable String node, @Nullable String zone) {
    int[] chosen;
    if (allHinted(nodeHints) && anyHintedFor(nodeHints, node)) {
      chosen = those(i -> ready[i] && nodeHints[i].contains(node));
    } else if (allHinted(zoneHints) && anyHintedFor(zoneHints, zone)) {
      chosen = those(i -> ready[i] && zoneHints[i].contains(zone));
    } else {
      chosen = those(i -> ready[i]);
    }
    return chosen.length > 0 ? chosen : those(i -> serving[i] && terminating[i]);
  }

  /**
   * Those that a node uses where the traffic policy is Local: the ready ones on itself, or those
   * there that still serve while they end.
   */
  int[] forLocal(String node) {
    int[] chosen = those(i -> ready[i] && node.equals(nodes[i]));
    return chosen.length > 0
        ? chosen
        : those(i -> serving[i] && terminating[i] && node.equals(nodes[i]));
  }

  /** Those that are ready, whoever asks: what DNS, sidecars and ingress controllers go by. */
  int[] allReady() {
    return those(i -> ready[i]);
  }
}
