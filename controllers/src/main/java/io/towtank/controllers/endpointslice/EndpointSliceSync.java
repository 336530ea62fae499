package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What one look at a service, its pods and its slices leads to. The controller comes to the same
 * from what has changed since it looked last.
 */
public final class EndpointSliceSync {
  private EndpointSliceSync() {}

  /**
   * What a sync writes.
   *
   * @param creations slices without a name
   * @param updates slices as they are to be
   * @param deletions slices as they were
   */
  public record Decision(
      ImmutableList<EndpointSlice> creations,
      ImmutableList<EndpointSlice> updates,
      ImmutableList<EndpointSlice> deletions) {}

  /**
   * Decides.
   *
   * @param pods those of the service's namespace
   * @param nodes those that pods may be on
   * @param existing the slices of the service that this controller wrote
   */
  public static Decision decide(
      Service service,
      Iterable<Pod> pods,
      Iterable<Node> nodes,
      Iterable<EndpointSlice> existing,
      EndpointSliceOptions options) {
    if (!EndpointRules.selectsPods(service)) {
      return new Decision(ImmutableList.of(), ImmutableList.of(), ImmutableList.of());
    }
    ServiceSpec spec = Objects.requireNonNull(service.spec());
    Selector selector = Selector.ofLabels(spec.selector());
    Map<String, Pod> byName = new LinkedHashMap<>();
    for (Pod pod : pods) {
      if (selector.matches(pod.metadata().labels())) {
        byName.put(pod.name(), pod);
      }
    }
    Map<String, Node> nodeByName = new HashMap<>();
    TopologyHints topology = new TopologyHints();
    for (Node node : nodes) {
      nodeByName.put(node.name(), node);
      topology.nodeChanged(null, node);
    }
    ServiceSlices slices =
        new ServiceSlices(
            service,
            EndpointSliceController.MANAGED_BY,
            options.maxEndpointsPerSlice(),
            existing,
            new HashMap<>());
    SlicePlan plan = slices.sync(byName.keySet(), byName::get, nodeByName::get, topology);
    List<EndpointSlice> deletions = new ArrayList<>();
    plan.deletions.forEach(write -> deletions.add(Objects.requireNonNull(write.slice().written())));
    return new Decision(
        documents(slices, plan.creations),
        documents(slices, plan.updates),
        ImmutableList.copyOf(deletions));
  }

  private static ImmutableList<EndpointSlice> documents(
      ServiceSlices slices, List<SlicePlan.Write> writes) {
    return writes.stream()
        .map(write -> slices.document(write, Timestamps.NONE))
        .collect(ImmutableList.toImmutableList());
  }
}
