package io.towtank.traffic.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.traffic.Balancing;
import io.towtank.traffic.Dataplane;
import io.towtank.traffic.Route;
import io.towtank.traffic.ServiceDemand;
import io.towtank.traffic.TrafficSource;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What Istio's VirtualServices and DestinationRules say of requests, as its sidecars follow it: the
 * first http rule with a match decides; weights are of requests, drawn one by one.
 */
final class MeshRules {
  // Istio: a failed attempt is repeated twice unless something else is said.
  private static final int DEFAULT_RETRIES = 2;
  private static final int DEFAULT_CONSECUTIVE_ERRORS = 5;
  private static final long DEFAULT_EJECTION_NANOS = 30_000_000_000L;
  private static final int DEFAULT_EJECTION_PERCENT = 10;
  private static final JsonNode NOTHING = MissingNode.getInstance();

  private final ImmutableList<GenericObject> virtualServices;
  private final ImmutableList<GenericObject> destinationRules;

  /**
   * @param virtualServices all, in the order in which they are asked
   * @param destinationRules all, in that order
   */
  MeshRules(
      ImmutableList<GenericObject> virtualServices, ImmutableList<GenericObject> destinationRules) {
    this.virtualServices = virtualServices;
    this.destinationRules = destinationRules;
  }

  /** The way of what is asked of a service from within; null where the mesh does not know it. */
  @Nullable Route toService(ServiceDemand demand, ObjectKey service) {
    for (GenericObject virtual : virtualServices) {
      JsonNode spec = spec(virtual);
      if (isForMesh(spec) && names(spec, service, virtual.metadata().namespace())) {
        return route(demand, virtual);
      }
    }
    return rule(service) == null
        ? null
        : new Route(ImmutableList.of(leg(demand, service, "", 1, NOTHING)));
  }

  /** The way of what is asked of a host from outside, through a gateway; null for none. */
  @Nullable Route toHost(ServiceDemand demand) {
    for (GenericObject virtual : virtualServices) {
      JsonNode spec = spec(virtual);
      if (isForGateway(spec)) {
        for (JsonNode host : spec.path("hosts")) {
          if (Hosts.matches(host.asText(), demand.host())) {
            return route(demand, virtual);
          }
        }
      }
    }
    return null;
  }

  private static JsonNode spec(GenericObject object) {
    Fields content = object.content();
    JsonNode spec = content.get("spec");
    return spec == null ? NOTHING : spec;
  }

  private static boolean isForMesh(JsonNode spec) {
    JsonNode gateways = spec.path("gateways");
    for (JsonNode gateway : gateways) {
      if (gateway.asText().equals("mesh")) {
        return true;
      }
    }
    return gateways.isEmpty();
  }

  private static boolean isForGateway(JsonNode spec) {
    for (JsonNode gateway : spec.path("gateways")) {
      if (!gateway.asText().equals("mesh")) {
        return true;
      }
    }
    return false;
  }

  private static boolean names(JsonNode spec, ObjectKey service, @Nullable String namespace) {
    for (JsonNode host : spec.path("hosts")) {
      if (host.asText().equals("*") || Hosts.service(host.asText(), namespace).equals(service)) {
        return true;
      }
    }
    return false;
  }

  private Route route(ServiceDemand demand, GenericObject virtual) {
    for (JsonNode rule : spec(virtual).path("http")) {
      if (!matches(rule.path("match"), demand)) {
        continue;
      }
      ImmutableList.Builder<Route.Leg> legs = ImmutableList.builder();
      JsonNode routes = rule.path("route");
      for (JsonNode route : routes) {
        JsonNode destination = route.path("destination");
        double weight = route.path("weight").asDouble(routes.size() == 1 ? 100 : 0);
        if (weight > 0) {
          legs.add(
              leg(
                  demand,
                  Hosts.service(destination.path("host").asText(), virtual.metadata().namespace()),
                  destination.path("subset").asText(""),
                  weight,
                  rule));
        }
      }
      return new Route(legs.build());
    }
    return Route.NOWHERE;
  }

  /** One of several is enough; of one, all conditions are to hold. */
  private static boolean matches(JsonNode alternatives, ServiceDemand demand) {
    if (alternatives.isEmpty()) {
      return true;
    }
    for (JsonNode match : alternatives) {
      boolean all = true;
      for (Map.Entry<String, JsonNode> condition : match.properties()) {
        all &= holds(condition.getKey(), condition.getValue(), demand);
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(String name, JsonNode value, ServiceDemand demand) {
    return switch (name) {
      case "uri" -> isText(value, demand.path());
      case "headers" -> {
        boolean all = true;
        for (Map.Entry<String, JsonNode> header : value.properties()) {
          String sent = sent(demand, header.getKey());
          all &= sent != null && (header.getValue().isEmpty() || isText(header.getValue(), sent));
        }
        yield all;
      }
      case "withoutHeaders" -> {
        boolean none = true;
        for (Map.Entry<String, JsonNode> header : value.properties()) {
          String sent = sent(demand, header.getKey());
          none &= sent == null || !(header.getValue().isEmpty() || isText(header.getValue(), sent));
        }
        yield none;
      }
      case "authority" -> isText(value, demand.host());
      case "sourceLabels" -> {
        boolean all = demand.from() instanceof TrafficSource.Pods;
        if (demand.from() instanceof TrafficSource.Pods(String namespace, var labels)) {
          for (Map.Entry<String, JsonNode> label : value.properties()) {
            all &= label.getValue().asText().equals(labels.get(label.getKey()));
          }
        }
        yield all;
      }
      case "sourceNamespace" ->
          demand.from() instanceof TrafficSource.Pods(String namespace, var labels)
              && value.asText().equals(namespace);
      case "method" -> isText(value, "GET");
      // What requests have of these is not said.
      case "queryParams" -> value.isEmpty();
      default -> true;
    };
  }

  /** The value of a header, whose name may be written in any case. */
  private static @Nullable String sent(ServiceDemand demand, String name) {
    for (Map.Entry<String, String> header : demand.headers().entrySet()) {
      if (Ascii.equalsIgnoreCase(header.getKey(), name)) {
        return header.getValue();
      }
    }
    return null;
  }

  /** Istio: StringMatch. */
  private static boolean isText(JsonNode match, String text) {
    if (match.has("exact")) {
      return match.get("exact").asText().equals(text);
    } else if (match.has("prefix")) {
      return text.startsWith(match.get("prefix").asText());
    } else if (match.has("regex")) {
      try {
        return Pattern.matches(match.get("regex").asText(), text);
      } catch (PatternSyntaxException e) {
        return false;
      }
    }
    return true;
  }

  private @Nullable GenericObject rule(ObjectKey service) {
    for (GenericObject rule : destinationRules) {
      String host = spec(rule).path("host").asText("");
      if (Hosts.service(host, rule.metadata().namespace()).equals(service)) {
        return rule;
      }
    }
    return null;
  }

  private Route.Leg leg(
      ServiceDemand demand, ObjectKey service, String subset, double weight, JsonNode http) {
    GenericObject rule = rule(service);
    JsonNode spec = rule == null ? NOTHING : spec(rule);
    JsonNode policy = spec.path("trafficPolicy");
    JsonNode own = NOTHING;
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    for (JsonNode one : spec.path("subsets")) {
      if (!subset.isEmpty() && one.path("name").asText().equals(subset)) {
        own = one.path("trafficPolicy");
        one.path("labels")
            .properties()
            .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      }
    }
    JsonNode balancer = firstOf(own, policy, "loadBalancer");
    String simple = balancer.path("simple").asText("");
    Balancing balancing =
        balancer.has("consistentHash")
            ? Balancing.SOURCE_HASH
            : switch (simple) {
              case "ROUND_ROBIN" -> Balancing.ROUND_ROBIN;
              case "RANDOM" -> Balancing.RANDOM;
              case "PASSTHROUGH" ->
                  demand.balancing() == null ? demand.proxyMode().balancing() : demand.balancing();
              default -> Balancing.LEAST_REQUEST;
            };
    boolean passed = simple.equals("PASSTHROUGH");
    return new Route.Leg(
        weight,
        service,
        subset,
        passed ? ImmutableMap.of() : labels.buildOrThrow(),
        passed ? demand.proxyMode() : Dataplane.MESH,
        balancing,
        timeout(http, demand.timeoutNanos()),
        http.path("retries").path("attempts").asInt(DEFAULT_RETRIES),
        passed ? null : outlier(firstOf(own, policy, "outlierDetection")));
  }

  private static JsonNode firstOf(JsonNode own, JsonNode general, String name) {
    return own.has(name) ? own.get(name) : general.path(name);
  }

  private static long timeout(JsonNode http, long otherwise) {
    long whole = nanos(http.path("timeout"), 0);
    long attempt = nanos(http.path("retries").path("perTryTimeout"), 0);
    long timeout = otherwise;
    timeout = whole > 0 ? Math.min(timeout, whole) : timeout;
    return attempt > 0 ? Math.min(timeout, attempt) : timeout;
  }

  private static long nanos(JsonNode duration, long otherwise) {
    try {
      return duration.isTextual() ? Durations.parse(duration.asText()) : otherwise;
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  private static Route.@Nullable Outlier outlier(JsonNode detection) {
    if (detection.isMissingNode()) {
      return null;
    }
    int errors =
        detection
            .path("consecutive5xxErrors")
            .asInt(detection.path("consecutiveErrors").asInt(DEFAULT_CONSECUTIVE_ERRORS));
    return new Route.Outlier(
        Math.max(1, errors),
        nanos(detection.path("baseEjectionTime"), DEFAULT_EJECTION_NANOS),
        detection.path("maxEjectionPercent").asInt(DEFAULT_EJECTION_PERCENT) / 100.0);
  }
}
