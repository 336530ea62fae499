package io.towtank.traffic.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.List;

/** What Istio's objects ask for that would change where requests go, and that is not simulated. */
public final class NotSimulated {
  private static final ImmutableList<String> OF_ROUTES =
      ImmutableList.of("redirect", "directResponse", "delegate");
  private static final ImmutableList<String> OF_SERVICES = ImmutableList.of("tcp", "tls");
  private static final ImmutableList<String> OF_POLICIES =
      ImmutableList.of("connectionPool", "portLevelSettings");
  private static final ImmutableSet<String> BALANCERS =
      ImmutableSet.of(
          "UNSPECIFIED", "ROUND_ROBIN", "LEAST_CONN", "LEAST_REQUEST", "RANDOM", "PASSTHROUGH");

  private NotSimulated() {}

  /** A line for each object of a cluster that asks for such things. */
  public static ImmutableList<String> in(ApiStore store) {
    ImmutableList.Builder<String> lines = ImmutableList.builder();
    store.list(ClusterRouter.VIRTUAL_SERVICE).forEach(object -> add(lines, object, routes(object)));
    store
        .list(ClusterRouter.DESTINATION_RULE)
        .forEach(object -> add(lines, object, policies(object)));
    return lines.build();
  }

  private static void add(
      ImmutableList.Builder<String> lines, GenericObject object, List<String> fields) {
    if (!fields.isEmpty()) {
      lines.add(
          object.kind().name()
              + " "
              + ObjectKey.of(object)
              + ": not simulated: "
              + String.join(", ", fields));
    }
  }

  private static List<String> routes(GenericObject object) {
    List<String> found = new ArrayList<>();
    JsonNode spec = MeshRules.spec(object);
    here(spec, "", OF_SERVICES, found);
    int i = 0;
    for (JsonNode rule : spec.path("http")) {
      here(rule, "http[" + i++ + "].", OF_ROUTES, found);
    }
    return found;
  }

  private static List<String> policies(GenericObject object) {
    List<String> found = new ArrayList<>();
    JsonNode spec = MeshRules.spec(object);
    policy(spec.path("trafficPolicy"), "trafficPolicy.", found);
    int i = 0;
    for (JsonNode subset : spec.path("subsets")) {
      policy(subset.path("trafficPolicy"), "subsets[" + i++ + "].trafficPolicy.", found);
    }
    return found;
  }

  private static void policy(JsonNode policy, String path, List<String> found) {
    here(policy, path, OF_POLICIES, found);
    String simple = policy.path("loadBalancer").path("simple").asText("UNSPECIFIED");
    if (!BALANCERS.contains(simple)) {
      found.add(path + "loadBalancer.simple: " + simple + " (LEAST_REQUEST is taken)");
    }
  }

  private static void here(JsonNode node, String path, List<String> names, List<String> found) {
    for (String name : names) {
      if (node.has(name)) {
        found.add(path + name);
      }
    }
  }
}
