package io.towtank.traffic.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.traffic.Balancing;
import io.towtank.traffic.Dataplane;
import io.towtank.traffic.Route;
import io.towtank.traffic.RouteLegBuilder;
import io.towtank.traffic.ServiceDemand;
import io.towtank.traffic.TrafficSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What Istio's VirtualServices and DestinationRules say of requests, as its sidecars follow it: the
 * first http rule with a match decides; weights are of requests, drawn one by one.
 */
final class MeshRules {
  // Istio: where nothing else is said. Since 1.24 503 is none of it.
  private static final int DEFAULT_RETRIES = 2;
  private static final String DEFAULT_RETRY_ON =
      "connect-failure,refused-stream,unavailable,cancelled";
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

  /**
   * The way of what is asked of a service from within; null where the mesh does not know it.
   *
   * @param labels of all pods that ask
   */
  @Nullable Route toService(
      ServiceDemand demand, ObjectKey service, ImmutableMap<String, String> labels) {
    GenericObject best = null;
    int rank = Hosts.NOT_AT_ALL;
    for (GenericObject virtual : virtualServices) {
      JsonNode spec = spec(virtual);
      int here = isForMesh(spec) ? rank(spec, virtual, service) : Hosts.NOT_AT_ALL;
      if (here > rank) {
        best = virtual;
        rank = here;
      }
    }
    if (best != null) {
      return route(demand, best, true, labels);
    }
    return rules(service).isEmpty()
        ? null
        : new Route(ImmutableList.of(leg(demand, service, "", 1, NOTHING)));
  }

  private static int rank(JsonNode spec, GenericObject virtual, ObjectKey service) {
    int rank = Hosts.NOT_AT_ALL;
    for (JsonNode host : spec.path("hosts")) {
      rank = Math.max(rank, Hosts.rank(host.asText(), virtual.metadata().namespace(), service));
    }
    return rank;
  }

  /** The way of what is asked of a host from outside, through a gateway; null for none. */
  @Nullable Route toHost(ServiceDemand demand) {
    GenericObject best = null;
    int rank = Hosts.NOT_AT_ALL;
    for (GenericObject virtual : virtualServices) {
      JsonNode spec = spec(virtual);
      if (isForGateway(spec)) {
        for (JsonNode host : spec.path("hosts")) {
          int here = Hosts.rank(host.asText(), demand.host());
          if (here > rank) {
            best = virtual;
            rank = here;
          }
        }
      }
    }
    return best == null ? null : route(demand, best, false, ImmutableMap.of());
  }

  /** What an object asks for. */
  static JsonNode spec(GenericObject object) {
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

  private Route route(
      ServiceDemand demand,
      GenericObject virtual,
      boolean fromMesh,
      ImmutableMap<String, String> labels) {
    for (JsonNode rule : spec(virtual).path("http")) {
      if (!matches(rule.path("match"), demand, fromMesh, labels)) {
        continue;
      }
      ImmutableList.Builder<Route.Leg> legs = ImmutableList.builder();
      JsonNode routes = rule.path("route");
      for (JsonNode route : routes) {
        double weight = route.path("weight").asDouble(routes.size() == 1 ? 100 : 0);
        if (weight > 0) {
          addFaulty(legs, rule.path("fault"), to(demand, virtual, route, weight, rule));
        }
      }
      addMirrors(legs, demand, virtual, rule);
      return new Route(legs.build());
    }
    return Route.NOWHERE;
  }

  private Route.Leg to(
      ServiceDemand demand, GenericObject virtual, JsonNode route, double weight, JsonNode rule) {
    JsonNode destination = route.path("destination");
    return leg(
        demand,
        Hosts.service(destination.path("host").asText(), virtual.metadata().namespace()),
        destination.path("subset").asText(""),
        weight,
        rule);
  }

  /** Istio: HTTPFaultInjection. Some requests go no further, some go on after a while. */
  private static void addFaulty(
      ImmutableList.Builder<Route.Leg> legs, JsonNode fault, Route.Leg leg) {
    double aborted = faulty(fault.path("abort"));
    double delayed = faulty(fault.path("delay"));
    double going = leg.weight() * (1 - aborted);
    legs.add(RouteLegBuilder.builder(leg).weight(going * (1 - delayed)).build());
    if (delayed > 0) {
      legs.add(
          RouteLegBuilder.builder(leg)
              .weight(going * delayed)
              .delayNanos(nanos(fault.path("delay").path("fixedDelay"), 0))
              .build());
    }
    if (aborted > 0) {
      legs.add(
          RouteLegBuilder.builder(leg)
              .weight(leg.weight() * aborted)
              .subset("aborted")
              .labels(null)
              .build());
    }
  }

  /** None where nothing is said. */
  private static double faulty(JsonNode fault) {
    return share(fault.path("percentage"), fault.path("percent").asDouble(0));
  }

  /** Istio: copies of requests, to one destination ({@code mirror}) or several. */
  private void addMirrors(
      ImmutableList.Builder<Route.Leg> legs,
      ServiceDemand demand,
      GenericObject virtual,
      JsonNode rule) {
    if (rule.has("mirror")) {
      JsonNode one = JsonNodeFactory.instance.objectNode().set("destination", rule.get("mirror"));
      addMirror(legs, to(demand, virtual, one, share(rule.path("mirrorPercentage"), 100), rule));
    }
    for (JsonNode mirror : rule.path("mirrors")) {
      addMirror(legs, to(demand, virtual, mirror, share(mirror.path("percentage"), 100), rule));
    }
  }

  private static void addMirror(ImmutableList.Builder<Route.Leg> legs, Route.Leg leg) {
    legs.add(RouteLegBuilder.builder(leg).retries(Route.Retries.NONE).mirrored(true).build());
  }

  /** Istio: Percent. */
  private static double share(JsonNode percentage, double otherwise) {
    return Math.clamp(percentage.path("value").asDouble(otherwise) / 100, 0, 1);
  }

  /** One of several is enough; of one, all conditions are to hold. */
  private static boolean matches(
      JsonNode alternatives,
      ServiceDemand demand,
      boolean fromMesh,
      ImmutableMap<String, String> labels) {
    if (alternatives.isEmpty()) {
      return true;
    }
    for (JsonNode match : alternatives) {
      boolean all = true;
      for (Map.Entry<String, JsonNode> condition : match.properties()) {
        all &= holds(condition.getKey(), condition.getValue(), demand, fromMesh, labels);
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(
      String name,
      JsonNode value,
      ServiceDemand demand,
      boolean fromMesh,
      ImmutableMap<String, String> labels) {
    return switch (name) {
      case "uri" -> isText(value, demand.path());
      case "gateways" -> isFrom(value, fromMesh);
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
        for (Map.Entry<String, JsonNode> label : value.properties()) {
          all &= label.getValue().asText().equals(labels.get(label.getKey()));
        }
        yield all;
      }
      case "sourceNamespace" ->
          demand.from() instanceof TrafficSource.Pods(String namespace, var others)
              && value.asText().equals(namespace);
      case "method" -> isText(value, "GET");
      // What requests have of these is not said.
      case "queryParams" -> value.isEmpty();
      default -> true;
    };
  }

  private static boolean isFrom(JsonNode gateways, boolean mesh) {
    for (JsonNode gateway : gateways) {
      if (gateway.asText().equals("mesh") == mesh) {
        return true;
      }
    }
    return gateways.isEmpty();
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

  /** The rules of a service: those of its name, or those of the longest wildcard. */
  private List<JsonNode> rules(ObjectKey service) {
    List<JsonNode> found = new ArrayList<>();
    int rank = Hosts.NOT_AT_ALL;
    for (GenericObject rule : destinationRules) {
      JsonNode spec = spec(rule);
      int here = Hosts.rank(spec.path("host").asText(""), rule.metadata().namespace(), service);
      if (here > rank) {
        rank = here;
        found.clear();
      }
      if (here == rank && here != Hosts.NOT_AT_ALL) {
        found.add(spec);
      }
    }
    return found;
  }

  private Route.Leg leg(
      ServiceDemand demand, ObjectKey service, String subset, double weight, JsonNode http) {
    // Of several rules for a host the first policy counts, and the subsets of all.
    JsonNode policy = NOTHING;
    JsonNode own = NOTHING;
    ImmutableMap<String, String> labels = subset.isEmpty() ? ImmutableMap.of() : null;
    for (JsonNode spec : rules(service)) {
      if (policy.isMissingNode()) {
        policy = spec.path("trafficPolicy");
      }
      for (JsonNode one : spec.path("subsets")) {
        if (labels == null && one.path("name").asText().equals(subset)) {
          own = one.path("trafficPolicy");
          labels =
              one.path("labels").properties().stream()
                  .collect(
                      ImmutableMap.toImmutableMap(
                          Map.Entry::getKey, label -> label.getValue().asText()));
        }
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
        passed && labels != null ? ImmutableMap.of() : labels,
        passed ? demand.proxyMode() : Dataplane.MESH,
        balancing,
        timeout(http, demand.timeoutNanos()),
        0,
        retries(http, demand.timeoutNanos()),
        passed ? null : outlier(firstOf(own, policy, "outlierDetection")),
        false);
  }

  /** Istio: HTTPRetry; Envoy: x-envoy-retry-on. What is for gRPC alone means nothing here. */
  private static Route.Retries retries(JsonNode http, long otherwise) {
    JsonNode retries = http.path("retries");
    int attempts = Math.max(0, retries.path("attempts").asInt(DEFAULT_RETRIES));
    boolean unreachable = false;
    boolean turnedAway = false;
    boolean timedOut = false;
    String on = retries.path("retryOn").asText("");
    for (String condition :
        Splitter.on(',').trimResults().split(on.isEmpty() ? DEFAULT_RETRY_ON : on)) {
      switch (condition) {
        case "5xx", "gateway-error" -> {
          unreachable = true;
          turnedAway = true;
          timedOut = true;
        }
        case "reset" -> {
          unreachable = true;
          timedOut = true;
        }
        case "connect-failure", "reset-before-request" -> unreachable = true;
        case "503" -> turnedAway = true;
        default -> {}
      }
    }
    long attempt = nanos(retries.path("perTryTimeout"), 0);
    long whole = nanos(http.path("timeout"), otherwise);
    timedOut &= attempt > 0 && attempt < whole;
    if (timedOut) {
      // No attempt begins when the time for all of them is over.
      attempts = (int) Math.min(attempts, (whole - 1) / attempt);
    }
    return new Route.Retries(attempts, unreachable, turnedAway, timedOut);
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
    return errors <= 0
        ? null
        : new Route.Outlier(
            errors,
            nanos(detection.path("baseEjectionTime"), DEFAULT_EJECTION_NANOS),
            detection.path("maxEjectionPercent").asInt(DEFAULT_EJECTION_PERCENT) / 100.0);
  }
}
