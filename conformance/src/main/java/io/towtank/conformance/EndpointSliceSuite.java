package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointPort;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Service;
import io.towtank.controllers.endpointslice.EndpointSliceOptions;
import io.towtank.controllers.endpointslice.EndpointSliceSync;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Syncs of a service, one after another: the writes, and the slices that there are then. */
final class EndpointSliceSuite {
  private static final ImmutableList<String> ZONES = ImmutableList.of("z0", "z1", "z2", "z0", "z1");

  private EndpointSliceSuite() {}

  static Suite suite() {
    return EndpointSliceSuite::check;
  }

  private static List<CaseResult> check(JsonNode document) {
    ObjectNode expected = ControllerCases.object();
    ObjectNode actual = ControllerCases.object();
    ArrayNode expectedSteps = expected.putArray("steps");
    ArrayNode actualSteps = actual.putArray("steps");
    Service service = ControllerCases.object(Kinds.SERVICE, document.path("service"));
    EndpointSliceOptions options =
        new EndpointSliceOptions(document.path("maxEndpointsPerSlice").asInt(), 0);
    Map<String, EndpointSlice> slices = new LinkedHashMap<>();
    int created = 0;
    for (JsonNode step : document.path("steps")) {
      EndpointSliceSync.Decision decision =
          EndpointSliceSync.decide(
              service,
              ControllerCases.objects(Kinds.POD, step.path("pods")),
              nodes(),
              slices.values(),
              options);
      for (EndpointSlice slice : decision.creations()) {
        String name = "s-" + created++;
        slices.put(
            name,
            slice.withMetadata(ObjectMetaBuilder.builder(slice.metadata()).name(name).build()));
      }
      decision.updates().forEach(slice -> slices.put(slice.name(), slice));
      decision.deletions().forEach(slice -> slices.remove(slice.name()));
      expectedSteps.add(((ObjectNode) step.deepCopy()).without("pods"));
      actualSteps.add(outcome(decision, slices.values()));
    }
    return List.of(
        new CaseResult(
            "slices of " + options.maxEndpointsPerSlice() + ", " + expectedSteps.size() + " steps",
            expected,
            actual,
            Comparison.ALL_BUT_WORDING.differences(expected, actual)));
  }

  private static List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < ZONES.size(); i++) {
      ObjectNode node = ControllerCases.object();
      node.put("apiVersion", "v1").put("kind", "Node");
      node.putObject("metadata")
          .put("name", "n" + i)
          .putObject("labels")
          .put("topology.kubernetes.io/zone", ZONES.get(i));
      node.putObject("spec");
      node.putObject("status");
      nodes.add(ControllerCases.object(Kinds.NODE, node));
    }
    return nodes;
  }

  private static ObjectNode outcome(
      EndpointSliceSync.Decision decision, Iterable<EndpointSlice> slices) {
    ObjectNode outcome = ControllerCases.object();
    ObjectNode writes = outcome.putObject("writes");
    put(writes, "create", decision.creations().size());
    put(writes, "update", decision.updates().size());
    put(writes, "delete", decision.deletions().size());
    List<String> sizes = new ArrayList<>();
    TreeSet<String> endpoints = new TreeSet<>();
    for (EndpointSlice slice : slices) {
      List<String> ports = new ArrayList<>();
      for (EndpointPort port : slice.ports()) {
        ports.add(port.name() + ":" + port.port());
      }
      if (ports.isEmpty()) {
        ports.add("none");
      }
      sizes.add(String.join(",", ports) + " x" + slice.endpoints().size());
      slice.endpoints().forEach(endpoint -> endpoints.add(text(endpoint, ports)));
    }
    sizes.sort(null);
    ControllerCases.put(outcome, "slices", sizes);
    ControllerCases.put(outcome, "endpoints", endpoints);
    return outcome;
  }

  private static void put(ObjectNode writes, String verb, int count) {
    if (count > 0) {
      writes.put(verb, count);
    }
  }

  private static String text(Endpoint endpoint, List<String> ports) {
    ObjectReference pod = endpoint.targetRef();
    EndpointConditions conditions = endpoint.conditions();
    return "%s %s %s ready=%s serving=%s terminating=%s zone=%s"
        .formatted(
            pod == null ? "" : pod.name(),
            String.join(",", endpoint.addresses()),
            String.join(",", ports),
            conditions == null ? null : conditions.ready(),
            conditions == null ? null : conditions.serving(),
            conditions == null ? null : conditions.terminating(),
            endpoint.zone());
  }
}
