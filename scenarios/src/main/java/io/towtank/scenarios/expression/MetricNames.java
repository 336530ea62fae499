package io.towtank.scenarios.expression;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.validation.DidYouMean;
import org.jspecify.annotations.Nullable;

/**
 * The names of what a run measures: the paths of the JSON summary's numbers.
 *
 * <p>Live ones can be read while a run goes on, and have a history; the others exist at its end.
 */
public final class MetricNames {
  /** Name to what it is, of the metrics that can be read at any time. */
  public static final ImmutableMap<String, String> LIVE =
      ImmutableMap.<String, String>builder()
          .put("nodes", "nodes")
          .put("nodeStates.ready", "nodes that are Ready")
          .put("nodeStates.notReady", "nodes that are not Ready")
          .put("nodeStates.cordoned", "nodes that are unschedulable")
          .put("nodeStates.empty", "nodes without a pod")
          .put("pods.created", "pods created so far")
          .put("pods.pending", "pods in phase Pending")
          .put("pods.running", "pods in phase Running")
          .put("pods.ready", "pods that are Ready")
          .put("pods.succeeded", "pods in phase Succeeded")
          .put("pods.failed", "pods in phase Failed")
          .put("pods.deleted", "pods deleted so far")
          .put("deployments.total", "Deployments")
          .put("deployments.available", "Deployments whose condition Available is True")
          .put(
              "deployments.complete", "Deployments that are rolled out with all replicas available")
          .buildOrThrow();

  /** The metrics that exist when a run has ended. */
  public static final ImmutableSet<String> FINAL;

  static {
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    names.add("virtualSeconds", "events", "writes");
    names.add("scheduling.attempts", "scheduling.scheduled", "scheduling.unschedulable");
    names.add("arrivals.came", "arrivals.placed", "arrivals.waited");
    names.add("arrivals.neverPlaced", "arrivals.longestWait");
    names.add("rollouts.total", "restarts.total", "disruptions.total");
    for (String outcome :
        new String[] {"complete", "superseded", "deleted", "paused", "failed", "progressing"}) {
      names.add("rollouts." + outcome);
    }
    for (String of :
        new String[] {"startup", "startup.toScheduled", "startup.toStarted", "rollouts.seconds"}) {
      for (String quantile : new String[] {"count", "p50", "p90", "p99", "max"}) {
        names.add(of + "." + quantile);
      }
    }
    for (String quantile : new String[] {"p50", "p90", "p99", "max"}) {
      names.add("podsPerNode." + quantile);
    }
    names.add("autoscaling.added", "autoscaling.removed");
    names.add("autoscaling.nodeHours", "autoscaling.cost");
    FINAL = names.build();
  }

  /** What there is of each resource: {@code utilization.cpu.share}. */
  private static final ImmutableMap<String, Boolean> UTILIZATION_LIVE =
      ImmutableMap.of(
          "requested", true, "allocatable", true, "share", true, "mean", false, "peak", false);

  private static final String TRAFFIC = "traffic.";

  /** What autoscalers are told: {@code metrics.queue_length}. */
  private static final String METRICS = "metrics.";

  private static final String SCALING = "horizontalScaling.";

  /** What there is of each horizontal pod autoscaler: {@code horizontalScaling.shop.turns}. */
  private static final ImmutableSet<String> SCALING_FINAL =
      ImmutableSet.of(
          "scaledUp", "scaledDown", "turns", "least", "most", "looks", "held", "limited", "failed");

  private static final String SAMPLING = "scheduling.sampling.";

  /** What samples lose in decisions of a profile. */
  private static final ImmutableSet<String> SAMPLING_FINAL =
      ImmutableSet.of(
          "decisions",
          "notCompared",
          "elsewhere",
          "elsewhereShare",
          "loss.mean",
          "loss.p50",
          "loss.p90",
          "loss.p99",
          "loss.max",
          "bestScore",
          "nodesLookedAt",
          "nodes");

  /** What there is of the traffic of each service: {@code traffic.shop.requests}. */
  private static final ImmutableSet<String> TRAFFIC_FINAL =
      ImmutableSet.of(
          "requests",
          "succeeded",
          "errorShare",
          "refused",
          "unreachable",
          "shed",
          "timedOut",
          "retried",
          "sameZone",
          "latency.p50",
          "latency.p90",
          "latency.p99");

  /** The same of the last interval: {@code traffic.shop.now.rate}. */
  private static final ImmutableSet<String> TRAFFIC_LIVE =
      ImmutableSet.of("now.rate", "now.errorShare", "now.p50", "now.p90", "now.p99");

  private static final String RECOMMENDATIONS = "recommendations.";

  /** What there is of what vertical autoscalers recommend, of each resource of a container. */
  private static final ImmutableSet<String> RECOMMENDED =
      ImmutableSet.of("requests", "target", "lowerBound", "upperBound", "saved");

  private MetricNames() {}

  private static @Nullable String recommendationProblem(String name) {
    String rest = name.substring(RECOMMENDATIONS.length());
    for (String known : RECOMMENDED) {
      if (rest.matches(".+\\..+\\.(cpu|memory)\\." + known)) {
        return null;
      }
    }
    return rest.matches(".+\\..+\\.pods")
        ? null
        : "\""
            + name
            + "\" is no metric: of an autoscaler's container there are pods, and of its cpu and"
            + " memory "
            + String.join(", ", RECOMMENDED)
            + ", as in recommendations.shop.app.cpu.target";
  }

  private static @Nullable String trafficProblem(String name) {
    String rest = name.substring(TRAFFIC.length());
    for (String known :
        ImmutableSet.<String>builder().addAll(TRAFFIC_FINAL).addAll(TRAFFIC_LIVE).build()) {
      if (rest.endsWith("." + known) && rest.length() > known.length() + 1) {
        return null;
      }
    }
    return rest.matches(".+\\.destinations\\.[^.]+")
        ? null
        : "\""
            + name
            + "\" is no metric: of a service there are "
            + String.join(", ", TRAFFIC_FINAL)
            + ", destinations.<name> and "
            + String.join(", ", TRAFFIC_LIVE)
            + ", as in traffic.shop.latency.p99";
  }

  /** Why a name is none of the known ones of anything that has them. */
  private static @Nullable String problem(
      String name, String prefix, ImmutableSet<String> known, String of, String example) {
    String rest = name.substring(prefix.length());
    return known.stream().anyMatch(one -> rest.endsWith("." + one) && !rest.equals("." + one))
        ? null
        : "\""
            + name
            + "\" is no metric: of "
            + of
            + " there are "
            + String.join(", ", known)
            + ", as in "
            + prefix
            + example;
  }

  private static boolean isLiveTraffic(String name) {
    return name.startsWith(TRAFFIC)
        && TRAFFIC_LIVE.stream().anyMatch(known -> name.endsWith("." + known));
  }

  /** Whether a metric can be read while a run goes on. */
  public static boolean isLive(String name) {
    return LIVE.containsKey(name)
        || isLiveTraffic(name)
        || name.startsWith(METRICS)
        || (name.startsWith("utilization.")
            && UTILIZATION_LIVE.getOrDefault(name.substring(name.lastIndexOf('.') + 1), false));
  }

  /** Why a text is not a metric's name, null where it is one. */
  static @Nullable String problem(String name) {
    if (LIVE.containsKey(name) || FINAL.contains(name)) {
      return null;
    }
    if (name.startsWith("controllers.")) {
      return name.indexOf('.', "controllers.".length()) > 0
          ? null
          : "\"" + name + "\" is no metric: write controllers.<controller>.<counter>";
    }
    if (name.startsWith(TRAFFIC)) {
      return trafficProblem(name);
    }
    if (name.startsWith(SCALING)) {
      return problem(name, SCALING, SCALING_FINAL, "an autoscaler", "shop.turns");
    }
    if (name.startsWith(SAMPLING)) {
      return problem(name, SAMPLING, SAMPLING_FINAL, "a profile", "default-scheduler.loss.p99");
    }
    if (name.startsWith(METRICS) && name.length() > METRICS.length()) {
      return null;
    }
    if (name.startsWith(RECOMMENDATIONS)) {
      return recommendationProblem(name);
    }
    int last = name.lastIndexOf('.');
    if (name.startsWith("utilization.") && last > "utilization.".length()) {
      return UTILIZATION_LIVE.containsKey(name.substring(last + 1))
          ? null
          : "\""
              + name
              + "\" is no metric: of a resource there are "
              + String.join(", ", UTILIZATION_LIVE.keySet())
              + ", as in "
              + name.substring(0, last)
              + ".share";
    }
    ImmutableSet<String> all =
        ImmutableSet.<String>builder().addAll(LIVE.keySet()).addAll(FINAL).build();
    return "there is no metric \"" + name + "\"; " + DidYouMean.advice(name, all);
  }
}
