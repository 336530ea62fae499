package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointBuilder;
import io.towtank.api.EndpointHints;
import io.towtank.api.Fields;
import io.towtank.api.ForNode;
import io.towtank.api.ForZone;
import io.towtank.api.ObjectKey;
import io.towtank.api.Service;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose traffic the endpoints of a service are for (k8s.io/endpointslice: trafficdist,
 * topologycache). The annotation counts before the field {@code trafficDistribution}.
 */
sealed interface HintRule {
  /** Everybody's. */
  record Anybody() implements HintRule {}

  /**
   * That of the endpoint's own zone.
   *
   * @param node whether also that of its node (PreferSameNode)
   */
  record Close(boolean node) implements HintRule {}

  /** That of zones, in proportion to their CPU. */
  record Topology() implements HintRule {}

  /** What a service asks for. */
  static HintRule of(Service service) {
    String mode = ServiceSlices.topologyMode(service);
    if ("Auto".equals(mode) || "auto".equals(mode)) {
      return new Topology();
    }
    String distribution = service.spec() == null ? null : service.spec().trafficDistribution();
    return switch (distribution) {
      case "PreferClose", "PreferSameZone" -> new Close(false);
      case "PreferSameNode" -> new Close(true);
      case null, default -> new Anybody();
    };
  }

  /**
   * Gives the endpoints of slices their hints; slices with wrong ones are added to the updates.
   *
   * @param all whether slices that nothing changed in may have wrong hints
   */
  default void apply(
      Service service, SliceFamily family, SlicePlan plan, boolean all, TopologyHints topology) {
    List<TrackedSlice> changing = new ArrayList<>(family.changing());
    ObjectKey key = ObjectKey.of(service);
    if (this instanceof Topology) {
      Set<TrackedSlice> before = new LinkedHashSet<>(changing);
      List<TrackedSlice> unchanged = unchanged(family, before);
      TopologyHints.Outcome outcome =
          topology.addHints(key, family.addressType(), changing, unchanged);
      plan.notes.addAll(outcome.notes());
      outcome.moreUpdates().forEach(slice -> plan.updates.add(new SlicePlan.Write(family, slice)));
      return;
    }
    if (topology.forget(key, family.addressType())) {
      plan.notes.add(
          new SlicePlan.Note(
              "Warning",
              "TopologyAwareHintsDisabled",
              "Topology Aware Hints has been disabled, addressType: " + family.addressType()));
    }
    if (all) {
      for (TrackedSlice slice : unchanged(family, new LinkedHashSet<>(changing))) {
        if (!slice.endpoints().stream().allMatch(this::isRight)) {
          plan.updates.add(new SlicePlan.Write(family, slice));
          changing.add(slice);
        }
      }
    }
    if (all || this instanceof Close) {
      changing.forEach(slice ->
          slice.endpoints(
              slice.endpoints().stream()
                  .map(endpoint -> withHints(endpoint, hints(endpoint)))
                  .collect(ImmutableList.toImmutableList())));
    }
  }

  private static List<TrackedSlice> unchanged(SliceFamily family, Set<TrackedSlice> changing) {
    List<TrackedSlice> unchanged = new ArrayList<>();
    for (TrackedSlice slice : family.slices()) {
      if (!changing.contains(slice)) {
        unchanged.add(slice);
      }
    }
    return unchanged;
  }

  private boolean isRight(Endpoint endpoint) {
    return (this instanceof Close && !EndpointRules.isReady(endpoint))
        || Objects.equals(endpoint.hints(), hints(endpoint));
  }

  private @Nullable EndpointHints hints(Endpoint endpoint) {
    if (!(this instanceof Close(boolean node)) || !EndpointRules.isReady(endpoint)) {
      return null;
    }
    String zone = endpoint.zone();
    String nodeName = node ? endpoint.nodeName() : null;
    return zone == null && nodeName == null
        ? null
        : new EndpointHints(
            zone == null ? ImmutableList.of() : ImmutableList.of(new ForZone(zone, Fields.NONE)),
            nodeName == null
                ? ImmutableList.of()
                : ImmutableList.of(new ForNode(nodeName, Fields.NONE)),
            Fields.NONE);
  }

  /** An endpoint with other hints; the same where it has them. */
  static Endpoint withHints(Endpoint endpoint, @Nullable EndpointHints hints) {
    return Objects.equals(endpoint.hints(), hints)
        ? endpoint
        : EndpointBuilder.builder(endpoint).hints(hints).build();
  }
}
