package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointHints;
import io.towtank.api.Fields;
import io.towtank.api.ForZone;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Topology aware routing: each zone gets endpoints in proportion to the CPU of its nodes, its own
 * first, unless that would overload some (k8s.io/endpointslice: topologycache; KEP-2433).
 *
 * <p>Where upstream walks a map, zones are taken in order of their names.
 */
final class TopologyHints {
  /** By how much an endpoint may be loaded more than its share. */
  private static final double OVERLOAD = 0.2;

  private static final String DISABLED = "TopologyAwareHintsDisabled";

  /** What a zone's nodes that count have, in millicores. */
  private static final class ZoneCpu {
    private long millis;
    private int nodes;
  }

  private final SortedMap<String, ZoneCpu> zones = new TreeMap<>();
  private final Map<ObjectKey, Map<String, SortedMap<String, Integer>>> byService =
      new LinkedHashMap<>();
  private final Map<ObjectKey, Boolean> populated = new HashMap<>();
  private int nodesWithoutInfo;

  /** How many endpoints a zone is to have. */
  private record Allocation(int minimum, int maximum, double desired) {}

  /**
   * What came of it.
   *
   * @param moreUpdates slices that were not to be written and now are
   */
  record Outcome(ImmutableList<TrackedSlice> moreUpdates, ImmutableList<SlicePlan.Note> notes) {}

  /** Takes in a change of a node; null for one that was not there or is not any more. */
  void nodeChanged(@Nullable Node before, @Nullable Node after) {
    if (before != null) {
      count(before, -1);
    }
    if (after != null) {
      count(after, 1);
    }
  }

  private void count(Node node, int change) {
    if (!node.isReady()
        || node.metadata().labels().containsKey("node-role.kubernetes.io/control-plane")
        || node.metadata().labels().containsKey("node-role.kubernetes.io/master")) {
      return;
    }
    String zone = node.metadata().labels().get(EndpointRules.ZONE);
    Quantity cpu = node.status().allocatable().get("cpu");
    if (zone == null || zone.isEmpty() || cpu == null || cpu.isZero()) {
      nodesWithoutInfo += change;
      return;
    }
    ZoneCpu sum = zones.computeIfAbsent(zone, z -> new ZoneCpu());
    sum.millis += change * cpu.milliValue();
    sum.nodes += change;
    if (sum.nodes == 0) {
      zones.remove(zone);
    }
  }

  /** Each zone's share of the CPU; empty where not enough is known. */
  private SortedMap<String, Double> ratios() {
    SortedMap<String, Double> ratios = new TreeMap<>();
    if (nodesWithoutInfo > 0 || zones.size() < 2) {
      return ratios;
    }
    long total = zones.values().stream().mapToLong(zone -> zone.millis).sum();
    zones.forEach((zone, cpu) -> ratios.put(zone, (double) cpu.millis / total));
    return ratios;
  }

  /** Whether any service has hints. */
  boolean isUsed() {
    return !byService.isEmpty();
  }

  /** The services that have too few endpoints for some zone as the nodes are now. */
  ImmutableList<ObjectKey> overloaded() {
    SortedMap<String, Double> ratios = ratios();
    ImmutableList.Builder<ObjectKey> overloaded = ImmutableList.builder();
    byService.forEach((service, byType) -> {
      if (byType.values().stream().anyMatch(endpoints -> isOverloaded(endpoints, ratios))) {
        overloaded.add(service);
      }
    });
    return overloaded.build();
  }

  private static boolean isOverloaded(
      SortedMap<String, Integer> endpoints, SortedMap<String, Double> ratios) {
    if (endpoints.isEmpty()) {
      return false;
    }
    if (ratios.isEmpty()) {
      return true;
    }
    int total = endpoints.values().stream().mapToInt(Integer::intValue).sum();
    return ratios.entrySet().stream()
        .anyMatch(zone -> {
          Integer has = endpoints.get(zone.getKey());
          return has == null
              || has < (int) Math.ceil(total * zone.getValue() * (1 / (1 + OVERLOAD)));
        });
  }

  /** Forgets a service's hints; whether there were any. */
  boolean forget(ObjectKey service, String addressType) {
    Map<String, SortedMap<String, Integer>> byType = byService.get(service);
    if (byType != null) {
      byType.remove(addressType);
      if (byType.isEmpty()) {
        byService.remove(service);
      }
    }
    return populated.remove(service) != null;
  }

  /** A service is gone. */
  void forget(ObjectKey service) {
    byService.remove(service);
    populated.remove(service);
  }

  /**
   * Gives hints to the endpoints of slices.
   *
   * @param changing those that are written anyway
   * @param unchanged those that are not: they are, where their hints will not do any more
   */
  Outcome addHints(
      ObjectKey service,
      String addressType,
      List<TrackedSlice> changing,
      List<TrackedSlice> unchanged) {
    int total = 0;
    for (TrackedSlice slice : changing) {
      total += ready(slice);
    }
    for (TrackedSlice slice : unchanged) {
      total += ready(slice);
    }
    SortedMap<String, Allocation> allocations = new TreeMap<>();
    String problem = allocate(total, allocations);
    if (problem != null) {
      return without(service, addressType, changing, unchanged, problem);
    }
    SortedMap<String, Integer> allocated = new TreeMap<>();
    List<TrackedSlice> hinting = new ArrayList<>(changing);
    List<TrackedSlice> moreUpdates = new ArrayList<>();
    for (TrackedSlice slice : unchanged) {
      SortedMap<String, Integer> byZone = hintsByZone(slice, allocated, allocations);
      if (byZone == null) {
        moreUpdates.add(slice);
        hinting.add(slice);
      } else {
        byZone.forEach((zone, count) -> allocated.merge(zone, count, Integer::sum));
      }
    }
    for (TrackedSlice slice : hinting) {
      for (Endpoint endpoint : slice.endpoints()) {
        if (EndpointRules.isReady(endpoint)) {
          String zone = endpoint.zone();
          if (zone == null) {
            // Upstream has put those whose hints will not do with the others by now: they are
            // written, though nothing changes in them.
            List<TrackedSlice> others = new ArrayList<>(unchanged);
            others.removeAll(moreUpdates);
            Outcome outcome =
                without(
                    service,
                    addressType,
                    hinting,
                    others,
                    "One or more endpoints do not have a zone specified");
            moreUpdates.addAll(outcome.moreUpdates());
            return new Outcome(ImmutableList.copyOf(moreUpdates), outcome.notes());
          }
          allocated.merge(zone, 1, Integer::sum);
        }
      }
    }
    SortedMap<String, Integer> giving = new TreeMap<>();
    SortedMap<String, Integer> receiving = new TreeMap<>();
    balance(allocations, allocated, giving, receiving);
    for (TrackedSlice slice : hinting) {
      slice.endpoints(
          slice.endpoints().stream()
              .map(endpoint -> hinted(endpoint, giving, receiving, allocated))
              .collect(ImmutableList.toImmutableList()));
    }
    if (allocated.isEmpty()) {
      return without(service, addressType, changing, unchanged, "No hints allocated for zones");
    }
    byService.computeIfAbsent(service, s -> new TreeMap<>()).put(addressType, allocated);
    boolean first = populated.put(service, true) == null;
    return new Outcome(
        ImmutableList.copyOf(moreUpdates),
        first
            ? ImmutableList.of(
                new SlicePlan.Note(
                    "Normal",
                    "TopologyAwareHintsEnabled",
                    "Topology Aware Hints has been enabled, addressType: " + addressType))
            : ImmutableList.of());
  }

  /** No hints, and an event that says why. */
  private Outcome without(
      ObjectKey service,
      String addressType,
      List<TrackedSlice> changing,
      List<TrackedSlice> unchanged,
      String why) {
    forget(service, addressType);
    changing.forEach(TopologyHints::removeHints);
    List<TrackedSlice> moreUpdates = new ArrayList<>();
    for (TrackedSlice slice : unchanged) {
      if (slice.endpoints().stream().anyMatch(endpoint -> endpoint.hints() != null)) {
        removeHints(slice);
        moreUpdates.add(slice);
      }
    }
    return new Outcome(
        ImmutableList.copyOf(moreUpdates),
        ImmutableList.of(
            new SlicePlan.Note("Warning", DISABLED, why + ", addressType: " + addressType)));
  }

  private static void removeHints(TrackedSlice slice) {
    slice.endpoints(
        slice.endpoints().stream()
            .map(endpoint -> HintRule.withHints(endpoint, null))
            .collect(ImmutableList.toImmutableList()));
  }

  private static int ready(TrackedSlice slice) {
    int ready = 0;
    for (Endpoint endpoint : slice.endpoints()) {
      ready += EndpointRules.isReady(endpoint) ? 1 : 0;
    }
    return ready;
  }

  /** Says how many endpoints each zone is to have, or why none can be (getAllocations). */
  private @Nullable String allocate(int total, SortedMap<String, Allocation> allocations) {
    SortedMap<String, Double> ratios = ratios();
    if (ratios.isEmpty()) {
      return "Insufficient Node information: allocatable CPU or zone not specified on one or more"
          + " nodes";
    }
    String counts = " (" + total + " endpoints, " + ratios.size() + " zones)";
    if (ratios.size() > total) {
      return "Insufficient number of endpoints" + counts;
    }
    int minimumOfAll = 0;
    for (Map.Entry<String, Double> zone : ratios.entrySet()) {
      double desired = zone.getValue() * total;
      int minimum = (int) Math.ceil(desired * (1 / (1 + OVERLOAD)));
      minimumOfAll += minimum;
      allocations.put(zone.getKey(), new Allocation(minimum, 0, Math.max(desired, minimum)));
      if (minimumOfAll > total) {
        return "Unable to allocate minimum required endpoints to each zone without exceeding"
            + " overload threshold"
            + counts;
      }
    }
    int spare = total - minimumOfAll;
    allocations.replaceAll(
        (zone, a) -> new Allocation(a.minimum(), a.minimum() + spare, a.desired()));
    return null;
  }

  /** The hints of a slice by zone; null where they will not do any more. */
  private static @Nullable SortedMap<String, Integer> hintsByZone(
      TrackedSlice slice,
      SortedMap<String, Integer> allocated,
      SortedMap<String, Allocation> allocations) {
    SortedMap<String, Integer> byZone = new TreeMap<>();
    for (Endpoint endpoint : slice.endpoints()) {
      if (!EndpointRules.isReady(endpoint)) {
        continue;
      }
      EndpointHints hints = endpoint.hints();
      if (hints == null || hints.forZones().isEmpty()) {
        return null;
      }
      for (ForZone zone : hints.forZones()) {
        if (!allocations.containsKey(zone.name())) {
          return null;
        }
        byZone.merge(zone.name(), 1, Integer::sum);
      }
    }
    for (Map.Entry<String, Integer> zone : byZone.entrySet()) {
      Allocation allocation = allocations.get(zone.getKey());
      if (allocation == null
          || zone.getValue() + allocated.getOrDefault(zone.getKey(), 0) > allocation.maximum()) {
        return null;
      }
    }
    return byZone;
  }

  /** Which zones give how many endpoints away, and which receive (getGivingAndReceivingZones). */
  private static void balance(
      SortedMap<String, Allocation> allocations,
      SortedMap<String, Integer> allocated,
      SortedMap<String, Integer> giving,
      SortedMap<String, Integer> receiving) {
    SortedMap<String, Double> surplus = new TreeMap<>();
    SortedMap<String, Double> lack = new TreeMap<>();
    allocations.forEach((zone, allocation) -> {
      double over = allocated.getOrDefault(zone, 0) - allocation.desired();
      if (over > 0) {
        surplus.put(zone, over);
      } else if (over < 0) {
        lack.put(zone, -over);
      }
    });
    while (true) {
      String from = most(surplus);
      String to = most(lack);
      if (from == null || to == null) {
        return;
      }
      double over = surplus.getOrDefault(from, 0.0);
      double missing = lack.getOrDefault(to, 0.0);
      if ((over < 1.0 && missing < 1.0) || over < 0.5 || missing < 0.5) {
        return;
      }
      giving.merge(from, 1, Integer::sum);
      surplus.put(from, over - 1);
      receiving.merge(to, 1, Integer::sum);
      lack.put(to, missing - 1);
    }
  }

  private static @Nullable String most(SortedMap<String, Double> zones) {
    String most = null;
    double largest = 0;
    for (Map.Entry<String, Double> zone : zones.entrySet()) {
      if (zone.getValue() > largest) {
        most = zone.getKey();
        largest = zone.getValue();
      }
    }
    return most;
  }

  /** An endpoint with the hint for its zone, or for one that it is given to (redistributeHints). */
  private static Endpoint hinted(
      Endpoint endpoint,
      SortedMap<String, Integer> giving,
      SortedMap<String, Integer> receiving,
      SortedMap<String, Integer> allocated) {
    String zone = endpoint.zone();
    if (!EndpointRules.isReady(endpoint) || zone == null) {
      return HintRule.withHints(endpoint, null);
    }
    String hint = zone;
    if (giving.containsKey(zone) && !receiving.isEmpty()) {
      hint = receiving.firstKey();
      take(giving, zone);
      take(receiving, hint);
      allocated.merge(hint, 1, Integer::sum);
      allocated.merge(zone, -1, Integer::sum);
    }
    return HintRule.withHints(
        endpoint,
        new EndpointHints(
            ImmutableList.of(new ForZone(hint, Fields.NONE)), ImmutableList.of(), Fields.NONE));
  }

  private static void take(SortedMap<String, Integer> counts, String zone) {
    counts.computeIfPresent(zone, (z, count) -> count == 1 ? null : count - 1);
  }
}
