package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointPort;
import io.towtank.api.EndpointSlice;
import io.towtank.api.EndpointSliceBuilder;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpec;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All slices of one service. A sync is told which pods changed since the one before and costs no
 * more than those do; what it decides is what one that looked at all pods would
 * (k8s.io/endpointslice: reconciler.go, Reconcile).
 */
final class ServiceSlices {
  private final Service service;
  private final ServiceSpec spec;
  private final ImmutableMap<String, String> labels;
  private final List<SliceFamily> families = new ArrayList<>();
  private final List<EndpointSlice> ofOtherFamilies = new ArrayList<>();
  private final Map<String, Long> triggerTimes;
  private final HintRule hints;
  private boolean fresh = true;
  private long addressBytes;

  private @Nullable PodSpec lastSpec;
  private ImmutableSet<EndpointPort> lastPorts = ImmutableSet.of();
  private @Nullable String lastHostname;

  /**
   * @param managedBy the controller's name in the slices' labels
   * @param existing the slices with the service's and the controller's label
   * @param triggerTimes when each pod's readiness changed last, as the syncs so far saw it
   */
  ServiceSlices(
      Service service,
      String managedBy,
      int maxEndpoints,
      Iterable<EndpointSlice> existing,
      Map<String, Long> triggerTimes) {
    this.service = service;
    this.spec = Objects.requireNonNull(service.spec());
    this.labels = EndpointRules.labels(service, managedBy);
    this.triggerTimes = triggerTimes;
    this.hints = HintRule.of(service);
    ImmutableSet<String> types = EndpointRules.addressTypes(spec);
    types.forEach(type -> families.add(new SliceFamily(type, maxEndpoints)));
    for (EndpointSlice slice : existing) {
      if (slice.metadata().deletionTimestamp() != Timestamps.NONE) {
        continue;
      }
      SliceFamily family = family(slice.addressType());
      if (family == null) {
        ofOtherFamilies.add(slice);
      } else if (ControllerRefs.isControlledBy(slice.metadata(), ControllerRefs.uid(service))) {
        family.load(slice);
      } else {
        family.loadStranger(slice);
      }
    }
  }

  private @Nullable SliceFamily family(String addressType) {
    for (SliceFamily family : families) {
      if (family.addressType().equals(addressType)) {
        return family;
      }
    }
    return null;
  }

  /**
   * How large one Endpoints object with all addresses would be, in bytes of JSON. It holds
   * addresses of the service's first family alone.
   */
  long endpointsBytes() {
    return WriteCost.ENDPOINTS + addressBytes;
  }

  /**
   * Decides on the writes for what has changed. Of a service whose slices were loaded anew all pods
   * have to be told; those that slices hold beside them are gone.
   *
   * @param changed the names of the pods that changed
   * @param pods a pod of the service by its name, null where it is gone or not the service's
   * @param nodes a node by its name, null where it is not known
   * @param topology for services with hints
   */
  SlicePlan sync(
      Iterable<String> changed,
      Function<String, @Nullable Pod> pods,
      Function<String, @Nullable Node> nodes,
      TopologyHints topology) {
    SlicePlan plan = new SlicePlan();
    Set<String> known = new HashSet<>();
    for (String name : changed) {
      Pod pod = pods.apply(name);
      if (fresh && pod != null) {
        known.add(name);
      }
      change(name, pod, nodes, plan);
    }
    if (fresh) {
      families.forEach(family -> family.retain(known));
    }
    for (EndpointSlice other : ofOtherFamilies) {
      topology.forget(ObjectKey.of(service), other.addressType());
    }
    for (SliceFamily family : families) {
      family.plan(plan, labels, fresh);
      hints.apply(service, family, plan, fresh, topology);
    }
    for (EndpointSlice other : ofOtherFamilies) {
      plan.deletions.add(new SlicePlan.Write(families.getFirst(), new TrackedSlice(other)));
    }
    ofOtherFamilies.clear();
    if (fresh) {
      addressBytes = 0;
      for (TrackedSlice slice : families.getFirst().slices()) {
        for (Endpoint endpoint : slice.endpoints()) {
          addressBytes += WriteCost.address(endpoint);
        }
      }
      fresh = false;
    }
    return plan;
  }

  @SuppressWarnings("ReferenceEquality") // The pods of a template share their spec.
  private void change(
      String name, @Nullable Pod pod, Function<String, @Nullable Node> nodes, SlicePlan plan) {
    if (pod == null || !EndpointRules.isEligible(pod)) {
      removeFrom(families, name, plan);
      return;
    }
    if (pod.spec() != lastSpec) {
      lastSpec = pod.spec();
      lastPorts = EndpointRules.ports(spec, pod.spec());
      lastHostname = EndpointRules.hostname(service, pod.spec());
    }
    boolean publishNotReady = Boolean.TRUE.equals(spec.publishNotReadyAddresses());
    Node node = pod.nodeName() == null ? null : nodes.apply(pod.nodeName());
    if (node == null && !publishNotReady) {
      plan.podsWithoutNode.put(name, Objects.requireNonNullElse(pod.nodeName(), ""));
      removeFrom(families, name, plan);
      return;
    }
    for (int i = 0; i < families.size(); i++) {
      SliceFamily family = families.get(i);
      ImmutableList<String> addresses = EndpointRules.addresses(pod, family.addressType());
      Endpoint before = i == 0 ? family.endpoint(name) : null;
      boolean changed;
      if (addresses.isEmpty()) {
        changed = family.remove(name);
      } else {
        Endpoint endpoint =
            EndpointRules.endpoint(pod, addresses, publishNotReady, lastHostname, node);
        changed = family.put(name, endpoint, lastPorts);
      }
      if (changed && i == 0) {
        Endpoint after = family.endpoint(name);
        addressBytes += after == null ? 0 : WriteCost.address(after);
        addressBytes -= before == null ? 0 : WriteCost.address(before);
        plan.addressesChanged = true;
      }
    }
  }

  private void removeFrom(List<SliceFamily> families, String name, SlicePlan plan) {
    for (int i = 0; i < families.size(); i++) {
      SliceFamily family = families.get(i);
      Endpoint before = i == 0 ? family.endpoint(name) : null;
      if (family.remove(name) && before != null) {
        addressBytes -= WriteCost.address(before);
        plan.addressesChanged = true;
      }
    }
  }

  /**
   * When the first of the changes happened that a sync is about, for the annotation that the
   * network programming SLI is measured by (util/endpoint: TriggerTimeTracker).
   *
   * @param known whether the service was synced before
   * @return nanoseconds since 1970, or {@link Timestamps#NONE} where nothing tells
   */
  long triggerTime(Iterable<String> changed, Function<String, @Nullable Pod> pods, boolean known) {
    long earliest = Timestamps.NONE;
    for (String name : changed) {
      Pod pod = pods.apply(name);
      PodCondition ready = pod == null ? null : pod.status().condition("Ready");
      if (pod == null) {
        triggerTimes.remove(name);
      } else if (ready != null && ready.lastTransitionTime() != Timestamps.NONE) {
        Long before = triggerTimes.put(name, ready.lastTransitionTime());
        if ((before == null || ready.lastTransitionTime() > before)
            && (earliest == Timestamps.NONE || ready.lastTransitionTime() < earliest)) {
          earliest = ready.lastTransitionTime();
        }
      }
    }
    return known ? earliest : service.metadata().creationTimestamp();
  }

  /** The annotation of a service that asks for topology aware hints, null where there is none. */
  static @Nullable String topologyMode(Service service) {
    String mode = service.metadata().annotations().get(Labels.TOPOLOGY_AWARE_HINTS);
    return mode == null ? service.metadata().annotations().get(Labels.TOPOLOGY_MODE) : mode;
  }

  /**
   * A slice as it is to be written.
   *
   * @param trigger as {@link #triggerTime} says
   */
  EndpointSlice document(SlicePlan.Write write, long trigger) {
    EndpointSlice before = write.slice().written();
    if (before != null) {
      return EndpointSliceBuilder.builder(before)
          .metadata(
              ObjectMetaBuilder.builder(before.metadata())
                  .labels(labels)
                  .annotations(triggered(before.metadata().annotations(), trigger))
                  .build())
          .endpoints(write.slice().endpoints())
          .ports(write.family().ports(write.slice()))
          .build();
    }
    return EndpointSliceBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .generateName(service.name() + "-")
                .namespace(service.metadata().namespace())
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .labels(labels)
                .annotations(triggered(ImmutableMap.of(), trigger))
                .ownerReferences(ImmutableList.of(ControllerRefs.to(service)))
                .build())
        .addressType(write.family().addressType())
        .endpoints(write.slice().endpoints())
        .ports(write.family().ports(write.slice()))
        .build();
  }

  private static ImmutableMap<String, String> triggered(
      ImmutableMap<String, String> annotations, long trigger) {
    if (trigger == Timestamps.NONE && !annotations.containsKey(Labels.TRIGGER_TIME)) {
      return annotations;
    }
    ImmutableMap.Builder<String, String> changed = ImmutableMap.builder();
    annotations.forEach((key, value) -> {
      if (!key.equals(Labels.TRIGGER_TIME)) {
        changed.put(key, value);
      }
    });
    if (trigger != Timestamps.NONE) {
      changed.put(Labels.TRIGGER_TIME, Timestamps.format(trigger));
    }
    return changed.buildOrThrow();
  }
}
