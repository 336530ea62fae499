package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointPort;
import io.towtank.api.EndpointSlice;
import io.towtank.api.ObjectReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service's slices of one family of addresses, and which pod is in which of them
 * (k8s.io/endpointslice: reconciler.go, reconcileByAddressType and reconcileByPortMapping).
 *
 * <p>Pods are {@link #put} and {@link #remove removed} as they change; {@link #plan} then packs:
 *
 * <ol>
 *   <li>slices that endpoints left, or changed in, are written anyway; empty ones go;
 *   <li>new endpoints fill those, the fullest first;
 *   <li>what is left goes into the one other slice that it fills best, if it fits into one;
 *   <li>or else into new slices.
 * </ol>
 *
 * Slices are never balanced: each would be a write that every node receives.
 */
final class SliceFamily {
  private final String addressType;
  private final int maxEndpoints;
  private final Map<ImmutableSet<EndpointPort>, PortGroup> groups = new LinkedHashMap<>();
  private final Map<String, Placement> placements = new HashMap<>();
  private final Map<String, TrackedSlice> byName = new HashMap<>();
  private final List<TrackedSlice> strangers = new ArrayList<>();
  private final List<TrackedSlice> changing = new ArrayList<>();

  /** Endpoints with the same ports share slices. */
  private static final class PortGroup {
    private final ImmutableSet<EndpointPort> ports;
    private final Set<TrackedSlice> slices = new LinkedHashSet<>();
    private final Set<TrackedSlice> touched = new LinkedHashSet<>();
    private final Map<String, Placement> waiting = new LinkedHashMap<>();
    private int members;

    PortGroup(ImmutableSet<EndpointPort> ports) {
      this.ports = ports;
    }
  }

  /** Where a pod's endpoint is; it waits where it is in no slice. */
  private static final class Placement {
    private final PortGroup group;
    private Endpoint endpoint;
    private @Nullable TrackedSlice slice;

    Placement(PortGroup group, Endpoint endpoint) {
      this.group = group;
      this.endpoint = endpoint;
    }
  }

  /**
   * @param maxEndpoints how many endpoints a slice has at most
   */
  SliceFamily(String addressType, int maxEndpoints) {
    this.addressType = addressType;
    this.maxEndpoints = maxEndpoints;
  }

  /** IPv4 or IPv6. */
  String addressType() {
    return addressType;
  }

  /** All slices of the service that there are, or are about to be created. */
  Iterable<TrackedSlice> slices() {
    List<TrackedSlice> all = new ArrayList<>();
    groups.values().forEach(group -> all.addAll(group.slices));
    return all;
  }

  /** Takes in a slice that the API has: what it holds is to stay, unless pods say otherwise. */
  void load(EndpointSlice slice) {
    PortGroup group = group(ImmutableSet.copyOf(slice.ports()));
    TrackedSlice tracked = new TrackedSlice(slice);
    ImmutableList.Builder<Endpoint> kept = ImmutableList.builder();
    for (Endpoint endpoint : slice.endpoints()) {
      ObjectReference pod = endpoint.targetRef();
      String name = pod == null ? null : pod.name();
      if (name == null || placements.containsKey(name)) {
        continue; // Nobody's, or there already.
      }
      Placement placement = new Placement(group, endpoint);
      placement.slice = tracked;
      placements.put(name, placement);
      group.members++;
      kept.add(endpoint);
    }
    ImmutableList<Endpoint> endpoints = kept.build();
    if (endpoints.size() < slice.endpoints().size()) {
      tracked.endpoints(endpoints);
      group.touched.add(tracked);
    }
    group.slices.add(tracked);
    byName.put(slice.name(), tracked);
  }

  /** Takes in a slice that bears the service's name but is not the service's: it is to go. */
  void loadStranger(EndpointSlice slice) {
    strangers.add(new TrackedSlice(slice));
  }

  /** Removes all pods that are in slices but not among these. */
  void retain(Set<String> pods) {
    List<String> gone = new ArrayList<>();
    for (TrackedSlice slice : slices()) {
      for (Endpoint endpoint : slice.endpoints()) {
        ObjectReference pod = endpoint.targetRef();
        if (pod != null && pod.name() != null && !pods.contains(pod.name())) {
          gone.add(pod.name());
        }
      }
    }
    gone.forEach(this::remove);
  }

  /** Takes in a pod's endpoint as it is now; whether that changes anything. */
  boolean put(String pod, Endpoint endpoint, ImmutableSet<EndpointPort> ports) {
    Placement placement = placements.get(pod);
    if (placement != null
        && EndpointRules.isSame(placement.endpoint, endpoint)
        && placement.group.ports.equals(ports)) {
      if (EndpointRules.isEqualButForHints(placement.endpoint, endpoint)) {
        return false;
      }
      placement.endpoint = endpoint;
      TrackedSlice slice = placement.slice;
      if (slice != null) {
        slice.replace(pod, endpoint);
        placement.group.touched.add(slice);
      }
      return true;
    }
    if (placement != null) {
      remove(pod);
    }
    PortGroup group = group(ports);
    Placement added = new Placement(group, endpoint);
    placements.put(pod, added);
    group.waiting.put(pod, added);
    group.members++;
    return true;
  }

  /** Takes a pod's endpoint out; whether there was one. */
  boolean remove(String pod) {
    Placement placement = placements.remove(pod);
    if (placement == null) {
      return false;
    }
    PortGroup group = placement.group;
    group.members--;
    TrackedSlice slice = placement.slice;
    if (slice == null) {
      group.waiting.remove(pod);
    } else {
      slice.remove(pod);
      group.touched.add(slice);
    }
    return true;
  }

  /** The endpoint of a pod, null where there is none. */
  @Nullable Endpoint endpoint(String pod) {
    Placement placement = placements.get(pod);
    return placement == null ? null : placement.endpoint;
  }

  private PortGroup group(ImmutableSet<EndpointPort> ports) {
    return groups.computeIfAbsent(ports, PortGroup::new);
  }

  /**
   * Packs what has changed, and adds the writes to a plan.
   *
   * @param labels those that the slices ought to have
   * @param checkLabels whether slices may have others
   */
  void plan(SlicePlan plan, ImmutableMap<String, String> labels, boolean checkLabels) {
    int existing = strangers.size();
    List<TrackedSlice> creations = new ArrayList<>();
    List<TrackedSlice> updates = new ArrayList<>();
    List<TrackedSlice> deletions = new ArrayList<>();
    for (PortGroup group : groups.values()) {
      existing += group.slices.size();
      if (group.members == 0) {
        deletions.addAll(group.slices);
      } else {
        pack(group, labels, checkLabels, creations, updates, deletions);
      }
    }
    for (TrackedSlice deleted : deletions) {
      for (PortGroup group : groups.values()) {
        group.slices.remove(deleted);
      }
    }
    if (existing == deletions.size() + strangers.size() && creations.isEmpty()) {
      // A service without endpoints has one slice without any, so that all know it has none.
      PortGroup none = group(ImmutableSet.of());
      if (deletions.size() == 1 && strangers.isEmpty() && isPlaceholder(deletions.get(0), labels)) {
        none.slices.add(deletions.remove(0));
      } else {
        TrackedSlice placeholder = new TrackedSlice();
        none.slices.add(placeholder);
        creations.add(placeholder);
      }
    }
    changing.clear();
    changing.addAll(creations);
    changing.addAll(updates);
    // What would be deleted is overwritten with what would be created.
    while (!creations.isEmpty() && !deletions.isEmpty()) {
      TrackedSlice created = creations.removeLast();
      EndpointSlice written = deletions.removeFirst().written();
      if (written != null) {
        created.written(written);
        byName.put(written.name(), created);
      }
      updates.add(created);
    }
    creations.forEach(slice -> plan.creations.add(new SlicePlan.Write(this, slice)));
    updates.forEach(slice -> plan.updates.add(new SlicePlan.Write(this, slice)));
    deletions.addAll(strangers);
    deletions.forEach(slice -> plan.deletions.add(new SlicePlan.Write(this, slice)));
    for (TrackedSlice slice : deletions) {
      EndpointSlice written = slice.written();
      if (written != null) {
        byName.remove(written.name());
      }
    }
    strangers.clear();
    groups.values().removeIf(group -> group.members == 0 && group.slices.isEmpty());
  }

  /** What was planned last to be written: what is new before what is changed. */
  List<TrackedSlice> changing() {
    return changing;
  }

  private void pack(
      PortGroup group,
      ImmutableMap<String, String> labels,
      boolean checkLabels,
      List<TrackedSlice> creations,
      List<TrackedSlice> updates,
      List<TrackedSlice> deletions) {
    Set<TrackedSlice> toUpdate = new LinkedHashSet<>();
    Set<TrackedSlice> toDelete = new HashSet<>();
    for (TrackedSlice slice : group.touched) {
      if (slice.size() == 0) {
        toDelete.add(slice);
        deletions.add(slice);
      } else {
        toUpdate.add(slice);
      }
    }
    group.touched.clear();
    if (checkLabels) {
      for (TrackedSlice slice : group.slices) {
        EndpointSlice written = slice.written();
        if (written != null
            && !toDelete.contains(slice)
            && !EndpointRules.sameOwnLabels(written.metadata().labels(), labels)) {
          toUpdate.add(slice);
        }
      }
    }
    ArrayDeque<Placement> waiting = new ArrayDeque<>(group.waiting.values());
    group.waiting.clear();
    if (!waiting.isEmpty() && !toUpdate.isEmpty()) {
      List<TrackedSlice> fullestFirst = new ArrayList<>(toUpdate);
      fullestFirst.sort(Comparator.comparingInt(TrackedSlice::size).reversed());
      fullestFirst.forEach(slice -> fill(slice, waiting));
    }
    while (!waiting.isEmpty()) {
      TrackedSlice slice =
          waiting.size() < maxEndpoints
              ? bestFit(group.slices, toUpdate, toDelete, waiting.size())
              : null;
      if (slice == null) {
        slice = new TrackedSlice();
        group.slices.add(slice);
        creations.add(slice);
        toUpdate.add(slice);
      } else {
        toUpdate.add(slice);
      }
      fill(slice, waiting);
    }
    for (TrackedSlice slice : toUpdate) {
      slice.settle();
      if (slice.written() != null) {
        updates.add(slice);
      }
    }
  }

  private void fill(TrackedSlice slice, ArrayDeque<Placement> waiting) {
    while (!waiting.isEmpty() && slice.size() < maxEndpoints) {
      Placement placement = waiting.removeFirst();
      slice.add(placement.endpoint);
      placement.slice = slice;
    }
  }

  /** The slice that so many endpoints leave the least room in (getSliceToFill). */
  private @Nullable TrackedSlice bestFit(
      Set<TrackedSlice> slices, Set<TrackedSlice> changed, Set<TrackedSlice> gone, int count) {
    int least = maxEndpoints;
    TrackedSlice best = null;
    for (TrackedSlice slice : slices) {
      int left = maxEndpoints - count - slice.size();
      if (left >= 0 && left < least && !changed.contains(slice) && !gone.contains(slice)) {
        least = left;
        best = slice;
        if (left == 0) {
          break;
        }
      }
    }
    return best;
  }

  private static boolean isPlaceholder(TrackedSlice slice, ImmutableMap<String, String> labels) {
    EndpointSlice written = slice.written();
    return written != null
        && written.endpoints().isEmpty()
        && written.ports().isEmpty()
        && areIn(written.metadata().labels(), labels)
        && areIn(labels, written.metadata().labels());
  }

  /** Go's maps have no difference between an empty value and none (placeholderSliceCompare). */
  private static boolean areIn(
      ImmutableMap<String, String> some, ImmutableMap<String, String> all) {
    return some.entrySet().stream()
        .allMatch(label -> label.getValue().equals(all.getOrDefault(label.getKey(), "")));
  }

  /** The ports of a slice's endpoints. */
  ImmutableList<EndpointPort> ports(TrackedSlice slice) {
    for (Iterator<PortGroup> all = groups.values().iterator(); all.hasNext(); ) {
      PortGroup group = all.next();
      if (group.slices.contains(slice)) {
        return group.ports.asList();
      }
    }
    throw new IllegalArgumentException("no slice of this family");
  }

  /** A slice was created and has a name now. */
  void named(TrackedSlice slice, EndpointSlice written) {
    slice.written(written);
    byName.put(written.name(), slice);
  }
}
