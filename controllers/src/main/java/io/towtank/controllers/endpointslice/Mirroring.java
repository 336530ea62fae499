package io.towtank.controllers.endpointslice;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointPort;
import io.towtank.api.EndpointSlice;
import io.towtank.api.EndpointSliceBuilder;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The slices that stand for an Endpoints object which somebody wrote by hand: one for each set of
 * ports and family of addresses (pkg/controller/endpointslicemirroring).
 */
final class Mirroring {
  /** The controller's name in the label of its slices. */
  static final String MANAGED_BY = "endpointslicemirroring-controller.k8s.io";

  /** {@code --mirroring-max-endpoints-per-subset}. */
  static final int MAX_PER_SUBSET = 1000;

  private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final EndpointConditions READY =
      new EndpointConditions(true, null, null, Fields.NONE);
  private static final EndpointConditions NOT_READY =
      new EndpointConditions(false, null, null, Fields.NONE);

  /** What shares a slice. */
  private record Key(ImmutableSet<EndpointPort> ports, String addressType) {}

  /** What makes addresses one endpoint (endpointslice: hashEndpoint). */
  private record Same(
      ImmutableList<String> addresses,
      @Nullable String hostname,
      @Nullable String namespace,
      @Nullable String name) {
    static Same of(Endpoint endpoint) {
      ObjectReference target = endpoint.targetRef();
      return new Same(
          endpoint.addresses(),
          endpoint.hostname(),
          target == null ? null : target.namespace(),
          target == null ? null : target.name());
    }
  }

  /**
   * What a sync writes.
   *
   * @param invalid addresses that are none
   * @param skipped addresses that were one too many
   */
  record Decision(
      ImmutableList<EndpointSlice> creations,
      ImmutableList<EndpointSlice> updates,
      ImmutableList<EndpointSlice> deletions,
      int invalid,
      int skipped) {}

  private Mirroring() {}

  /** Whether Endpoints are to be mirrored at all. */
  static boolean isWanted(GenericObject endpoints) {
    return !"true".equals(endpoints.metadata().labels().get(Labels.SKIP_MIRROR))
        && !endpoints.metadata().annotations().containsKey(LEADER);
  }

  /**
   * Decides.
   *
   * @param existing the slices that mirror the Endpoints so far
   */
  static Decision decide(GenericObject endpoints, List<EndpointSlice> existing) {
    Map<Key, Map<Same, Endpoint>> desired = new LinkedHashMap<>();
    int invalid = 0;
    int skipped = 0;
    JsonNode subsets = endpoints.content().get("subsets");
    if (subsets != null) {
      for (JsonNode subset : subsets) {
        ImmutableSet<EndpointPort> ports = ports(subset.path("ports"));
        int added = 0;
        for (String list : new String[] {"addresses", "notReadyAddresses"}) {
          for (JsonNode address : subset.path(list)) {
            String ip = address.path("ip").asText();
            if (added == MAX_PER_SUBSET) {
              skipped++;
            } else if (!InetAddresses.isInetAddress(ip)) {
              invalid++;
            } else {
              added++;
              Endpoint endpoint = endpoint(address, ip, list.equals("addresses"));
              desired
                  .computeIfAbsent(
                      new Key(ports, EndpointRules.addressType(ip)), k -> new LinkedHashMap<>())
                  .put(Same.of(endpoint), endpoint);
            }
          }
        }
      }
    }
    List<EndpointSlice> creations = new ArrayList<>();
    List<EndpointSlice> updates = new ArrayList<>();
    List<EndpointSlice> deletions = new ArrayList<>(existing);
    desired.forEach((key, distinct) -> {
      // Subsets with the same ports share a slice, which takes no more than one of them may have.
      List<Endpoint> list = distinct.values().stream().limit(MAX_PER_SUBSET).toList();
      EndpointSlice before =
          deletions.stream().filter(slice -> key(slice).equals(key)).findFirst().orElse(null);
      EndpointSlice wanted = slice(endpoints, key, list, before);
      if (before == null) {
        creations.add(wanted);
      } else {
        deletions.remove(before);
        if (!isSame(before, wanted)) {
          updates.add(wanted);
        }
      }
    });
    // What would be deleted is overwritten with what would be created.
    for (int i = creations.size() - 1; i >= 0; i--) {
      EndpointSlice created = creations.get(i);
      EndpointSlice old =
          deletions.stream()
              .filter(slice -> slice.addressType().equals(created.addressType()))
              .findFirst()
              .orElse(null);
      if (old != null) {
        deletions.remove(old);
        creations.remove(i);
        updates.add(named(created, old));
      }
    }
    return new Decision(
        ImmutableList.copyOf(creations),
        ImmutableList.copyOf(updates),
        ImmutableList.copyOf(deletions),
        invalid,
        skipped);
  }

  private static Key key(EndpointSlice slice) {
    return new Key(ImmutableSet.copyOf(slice.ports()), slice.addressType());
  }

  private static boolean isSame(EndpointSlice before, EndpointSlice wanted) {
    return ImmutableSet.copyOf(before.endpoints()).equals(ImmutableSet.copyOf(wanted.endpoints()))
        && before.metadata().labels().equals(wanted.metadata().labels())
        && before.metadata().annotations().equals(wanted.metadata().annotations());
  }

  private static EndpointSlice slice(
      GenericObject endpoints, Key key, List<Endpoint> list, @Nullable EndpointSlice before) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    labels.putAll(endpoints.metadata().labels());
    labels.put(Labels.SERVICE_NAME, endpoints.name());
    labels.put(Labels.MANAGED_BY, MANAGED_BY);
    ImmutableMap.Builder<String, String> annotations = ImmutableMap.builder();
    endpoints
        .metadata()
        .annotations()
        .forEach((name, value) -> {
          if (!name.equals(Labels.TRIGGER_TIME) && !name.equals(LAST_APPLIED)) {
            annotations.put(name, value);
          }
        });
    EndpointSlice slice =
        EndpointSliceBuilder.builder()
            .metadata(
                ObjectMetaBuilder.builder()
                    .generateName(endpoints.name() + "-")
                    .namespace(endpoints.metadata().namespace())
                    .creationTimestamp(Timestamps.NONE)
                    .deletionTimestamp(Timestamps.NONE)
                    .labels(labels.buildKeepingLast())
                    .annotations(annotations.buildOrThrow())
                    .ownerReferences(ImmutableList.of(ControllerRefs.to(endpoints)))
                    .build())
            .addressType(key.addressType())
            .ports(key.ports().asList())
            .endpoints(ImmutableList.copyOf(list))
            .build();
    return before == null ? slice : named(slice, before);
  }

  private static EndpointSlice named(EndpointSlice slice, EndpointSlice before) {
    return slice
        .withMetadata(
            ObjectMetaBuilder.builder(before.metadata())
                .labels(slice.metadata().labels())
                .annotations(slice.metadata().annotations())
                .build())
        .withResourceVersion(before.resourceVersion());
  }

  private static Endpoint endpoint(JsonNode address, String ip, boolean ready) {
    JsonNode target = address.path("targetRef");
    ObjectReference reference =
        target.isObject()
            ? new ObjectReference(
                text(target, "apiVersion"),
                text(target, "kind"),
                text(target, "namespace"),
                text(target, "name"),
                target.has("uid") ? Uid.parse(target.path("uid").asText()) : null,
                text(target, "resourceVersion"),
                text(target, "fieldPath"),
                Fields.NONE)
            : null;
    return new Endpoint(
        ImmutableList.of(InetAddresses.toAddrString(InetAddresses.forString(ip))),
        ready ? READY : NOT_READY,
        text(address, "hostname"),
        reference,
        text(address, "nodeName"),
        null,
        null,
        Fields.NONE);
  }

  private static @Nullable String text(JsonNode node, String field) {
    String text = node.path(field).asText();
    return text.isEmpty() ? null : text;
  }

  private static ImmutableSet<EndpointPort> ports(JsonNode ports) {
    ImmutableSet.Builder<EndpointPort> converted = ImmutableSet.builder();
    for (JsonNode port : ports) {
      converted.add(
          new EndpointPort(
              port.path("name").asText(),
              port.path("protocol").asText().isEmpty() ? "TCP" : port.path("protocol").asText(),
              port.path("port").asInt(),
              text(port, "appProtocol"),
              Fields.NONE));
    }
    return converted.build();
  }
}
