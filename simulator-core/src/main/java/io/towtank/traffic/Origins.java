package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The nodes whose rules requests meet first, and which share of the requests each of them. */
final class Origins {
  static final Origins NOBODY = new Origins();

  private final List<String> nodes = new ArrayList<>();
  private final List<String> zones = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private double total;
  private ImmutableMap<String, String> labels = ImmutableMap.of();
  private @Nullable Map<String, Double> zoneShares;

  /** Nodes that see the same endpoints. */
  record Cell(@Nullable String node, @Nullable String zone, double share, int senders) {}

  /**
   * Adds a node.
   *
   * @param zone empty for none
   */
  void add(String node, String zone, double weight) {
    nodes.add(node);
    zones.add(zone);
    weights.add(weight);
    total += weight;
  }

  void labels(ImmutableMap<String, String> labels) {
    this.labels = labels;
  }

  /** What the pods that requests come from have in common; empty where they come from nodes. */
  ImmutableMap<String, String> labels() {
    return labels;
  }

  boolean isEmpty() {
    return total <= 0;
  }

  int senders() {
    return nodes.size();
  }

  /** All of them as one cell. */
  Cell all() {
    return new Cell(null, null, 1, nodes.size());
  }

  /** Each node by itself. */
  List<Cell> byNode() {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      cells.add(new Cell(nodes.get(i), zones.get(i), weights.get(i) / total, 1));
    }
    return cells;
  }

  /** The nodes of each zone together. */
  List<Cell> byZone() {
    Map<String, Integer> senders = new LinkedHashMap<>();
    zones.forEach(zone -> senders.merge(zone, 1, Integer::sum));
    List<Cell> cells = new ArrayList<>();
    zoneShares()
        .forEach(
            (zone, share) -> cells.add(new Cell(null, zone, share, senders.getOrDefault(zone, 1))));
    return cells;
  }

  /** Which share of the requests comes from each zone. */
  Map<String, Double> zoneShares() {
    Map<String, Double> known = zoneShares;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (int i = 0; i < nodes.size(); i++) {
        known.merge(zones.get(i), weights.get(i) / total, Double::sum);
      }
      zoneShares = known;
    }
    return known;
  }
}
