package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.ExpectationWatch;
import io.towtank.scenarios.observe.Quantiles;
import io.towtank.scenarios.observe.ResourceUse;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.traffic.TrafficResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A summary as JSON. The names are what users build on: they are documented in {@code
 * scenarios/README.md} and do not change. Times are in seconds, shares from 0 to 1.
 */
public final class SummaryJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final int MOST_COURSES = 200;

  /** More services than this would make a summary of megabytes. */
  private static final int MOST_HISTORIES = 50;

  private SummaryJson() {}

  /** The document. */
  public static ObjectNode of(RunSummary summary) {
    ObjectNode json = JSON.objectNode();
    json.put("scenario", summary.scenario());
    json.put("seed", summary.seed());
    json.put("passed", summary.passed());
    json.put("digest", summary.digest());
    json.put("ended", summary.ending().toString());
    json.set("virtualSeconds", seconds(summary.virtualNanos()));
    json.set("wallSeconds", seconds(summary.wallNanos()));
    json.set("speedup", number(summary.speedup()));
    json.put("events", summary.events());
    json.put("eventsPerSecond", Math.round(summary.eventsPerSecond()));
    json.put("writes", summary.writes());
    RunSummary.Nodes nodes = summary.nodes();
    json.put("nodes", nodes.total());
    json.putObject("nodeStates")
        .put("ready", nodes.ready())
        .put("notReady", nodes.total() - nodes.ready())
        .put("cordoned", nodes.cordoned())
        .put("empty", nodes.empty());
    RunSummary.Pods pods = summary.pods();
    json.putObject("pods")
        .put("created", pods.created())
        .put("pending", pods.pending())
        .put("running", pods.running())
        .put("ready", pods.ready())
        .put("succeeded", pods.succeeded())
        .put("failed", pods.failed())
        .put("deleted", pods.deleted());
    RunSummary.Deployments deployments = summary.deployments();
    json.putObject("deployments")
        .put("total", deployments.total())
        .put("available", deployments.available())
        .put("complete", deployments.complete());
    json.set("rollouts", rollouts(summary));
    json.set("restarts", occurrences(summary.restarts()));
    json.set("disruptions", occurrences(summary.disruptions()));
    ObjectNode startup = durations(summary.toReady());
    startup.set("toScheduled", durations(summary.toScheduled()));
    startup.set("toStarted", durations(summary.toStarted()));
    json.set("startup", startup);
    ObjectNode scheduling = json.putObject("scheduling");
    scheduling
        .put("attempts", summary.scheduling().attempts())
        .put("scheduled", summary.scheduling().scheduled())
        .put("unschedulable", summary.scheduling().unschedulable());
    ArrayNode extenders = scheduling.putArray("extenders");
    for (ExtenderUse extender : summary.scheduling().extenders()) {
      extenders
          .addObject()
          .put("extender", extender.name())
          .put("calls", extender.calls())
          .put("failures", extender.failures())
          .put("firstFailure", extender.firstFailure());
    }
    ObjectNode sampling = scheduling.putObject("sampling");
    for (SamplingComparison one : summary.scheduling().sampling()) {
      sampling.set(one.schedulerName(), sampling(one));
    }
    scheduling.set("reasons", tallies("reason", summary.unschedulableReasons()));
    scheduling.set("waiting", tallies("message", summary.waiting()));
    json.set("arrivals", arrivals(summary.arrivals()));
    ObjectNode utilization = json.putObject("utilization");
    for (ResourceUse use : summary.utilization()) {
      utilization.set(use.resource(), utilization(use));
    }
    json.set("autoscaling", NodeGroupsJson.of(summary.nodeGroups()));
    json.set("recommendations", RecommendationsJson.of(summary.recommendations()));
    json.set("horizontalScaling", HorizontalScalingJson.of(summary.autoscalers()));
    Quantiles perNode = summary.podsPerNode();
    json.putObject("podsPerNode")
        .put("p50", perNode.p50())
        .put("p90", perNode.p90())
        .put("p99", perNode.p99())
        .put("max", perNode.max());
    ObjectNode counters = json.putObject("controllers");
    summary
        .counters()
        .forEach((component, counts) -> {
          ObjectNode node = counters.putObject(component);
          counts.forEach(node::put);
        });
    ObjectNode traffic = json.putObject("traffic");
    for (TrafficResult result : summary.traffic()) {
      ObjectNode of = traffic(result);
      if (summary.traffic().size() <= MOST_HISTORIES) {
        of.set("history", history(result));
      }
      traffic.set(name(result.service()), of);
    }
    ArrayNode timeline = json.putArray("timeline");
    for (TimelineOutcome outcome : summary.timeline()) {
      ObjectNode entry = timeline.addObject();
      entry.set("at", seconds(outcome.atNanos()));
      entry.put("name", outcome.name()).put("what", outcome.what());
      if (!outcome.problem().isEmpty()) {
        entry.put("problem", outcome.problem());
      }
    }
    ArrayNode faults = json.putArray("faults");
    for (FaultSpan fault : summary.faults()) {
      ObjectNode entry = faults.addObject();
      entry.set("from", seconds(fault.fromNanos()));
      entry.set("until", fault.isOver() ? seconds(fault.untilNanos()) : entry.nullNode());
      entry.put("name", fault.name()).put("what", fault.what());
    }
    ArrayNode expectations = json.putArray("expectations");
    for (ExpectationWatch.Outcome outcome : summary.expectations()) {
      expectations
          .addObject()
          .put("expectation", outcome.expectation().text())
          .put("passed", outcome.passed())
          .put("actual", outcome.actual());
    }
    ArrayNode warnings = json.putArray("warnings");
    summary.warnings().forEach(warnings::add);
    return json;
  }

  /** A number by the names that lead to it, as in {@code utilization.nvidia.com/gpu.share}. */
  public static @Nullable JsonNode find(JsonNode json, String name) {
    if (!json.isObject()) {
      return null;
    }
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String key = field.getKey();
      if (name.equals(key)) {
        return field.getValue();
      }
      if (name.startsWith(key + ".")) {
        JsonNode found = find(field.getValue(), name.substring(key.length() + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static ObjectNode durations(Quantiles quantiles) {
    ObjectNode json = JSON.objectNode();
    json.put("count", quantiles.count());
    json.set("p50", seconds(quantiles.p50()));
    json.set("p90", seconds(quantiles.p90()));
    json.set("p99", seconds(quantiles.p99()));
    json.set("max", seconds(quantiles.max()));
    return json;
  }

  private static ObjectNode rollouts(RunSummary summary) {
    ObjectNode json = JSON.objectNode();
    json.put("total", summary.rollouts().size());
    for (Rollout.Outcome outcome : Rollout.Outcome.values()) {
      json.put(outcome.toString(), summary.rollouts(outcome));
    }
    json.set("seconds", durations(summary.rolloutDurations()));
    ArrayNode list = json.putArray("list");
    // Thousands of roll-outs are read by a program that wants their outcomes, not their courses.
    boolean courses = summary.rollouts().size() <= MOST_COURSES;
    for (Rollout rollout : summary.rollouts()) {
      ObjectNode entry = list.addObject();
      entry
          .put("kind", rollout.kind())
          .put("namespace", rollout.namespace())
          .put("name", rollout.name())
          .put("revision", rollout.revision())
          .put("update", rollout.update())
          .put("outcome", rollout.outcome().toString());
      entry.set("began", seconds(rollout.beganNanos()));
      entry.set("ended", seconds(rollout.endedNanos()));
      entry
          .put("deadlineExceeded", rollout.deadlineExceeded())
          .put("pods", rollout.pods())
          .put("leastAvailable", rollout.leastAvailable())
          .put("mostPods", rollout.mostPods());
      if (courses) {
        ArrayNode steps = entry.putArray("steps");
        for (Rollout.Step step : rollout.steps()) {
          ObjectNode at = steps.addObject();
          at.set("at", seconds(step.nanos()));
          at.put("pods", step.pods())
              .put("updated", step.updated())
              .put("available", step.available());
        }
      }
    }
    return json;
  }

  private static ObjectNode occurrences(ImmutableList<Tally> tallies) {
    ObjectNode json = JSON.objectNode();
    json.put("total", tallies.stream().mapToLong(Tally::count).sum());
    json.set("reasons", tallies("reason", tallies));
    return json;
  }

  private static ObjectNode utilization(ResourceUse use) {
    ObjectNode json = JSON.objectNode();
    json.set("requested", number(use.requested()));
    json.set("allocatable", number(use.allocatable()));
    json.set("share", number(use.share()));
    json.set("mean", number(use.mean()));
    json.set("peak", number(use.peak()));
    ObjectNode perNode = json.putObject("perNode");
    perNode.set("min", number(use.perNode().min()));
    perNode.set("p50", number(use.perNode().p50()));
    perNode.set("p90", number(use.perNode().p90()));
    perNode.set("max", number(use.perNode().max()));
    perNode.set("deviation", number(use.perNode().deviation()));
    return json;
  }

  /**
   * As expectations name it: what is of other namespaces than "default" with theirs.
   *
   * @param key namespace/name
   */
  static String name(String key) {
    return key.startsWith("default/") ? key.substring("default/".length()) : key;
  }

  private static ObjectNode traffic(TrafficResult result) {
    ObjectNode json = JSON.objectNode();
    json.put("requests", result.requests()).put("succeeded", result.succeeded());
    json.set("errorShare", number(result.errorShare()));
    json.put("refused", result.refused())
        .put("unreachable", result.unreachable())
        .put("shed", result.shed())
        .put("timedOut", result.timedOut())
        .put("retried", result.retried());
    json.set("sameZone", number(result.sameZone()));
    ObjectNode latency = json.putObject("latency");
    latency.set("p50", number(result.quantileNanos().get(0) / 1e9));
    latency.set("p90", number(result.quantileNanos().get(1) / 1e9));
    latency.set("p99", number(result.quantileNanos().get(2) / 1e9));
    ObjectNode destinations = json.putObject("destinations");
    result.destinations().forEach(destinations::put);
    return json;
  }

  private static ObjectNode arrivals(ArrivalsOutcome arrivals) {
    ObjectNode json = JSON.objectNode();
    json.put("came", arrivals.came())
        .put("placed", arrivals.placed())
        .put("waited", arrivals.waited())
        .put("neverPlaced", arrivals.neverPlaced());
    json.set("longestWait", seconds(arrivals.longestWaitNanos()));
    json.set("reasons", tallies("message", arrivals.reasons()));
    ObjectNode devices = json.putObject("devices");
    for (ArrivalsOutcome.Devices most : arrivals.devices()) {
      ObjectNode of = devices.putObject(most.resource());
      of.set("at", seconds(most.atNanos()));
      of.put("requested", most.requested())
          .put("allocatable", most.allocatable())
          .put("nodesInUse", most.nodesInUse())
          .put("freeOnThem", most.freeOnThem());
    }
    return json;
  }

  private static ObjectNode sampling(SamplingComparison comparison) {
    ObjectNode json = JSON.objectNode();
    json.put("sampled", comparison.sampled())
        .put("decisions", comparison.decisions())
        .put("notCompared", comparison.notCompared())
        .put("elsewhere", comparison.elsewhere());
    json.set(
        "elsewhereShare",
        number(comparison.elsewhere() / (double) Math.max(1, comparison.decisions())));
    ObjectNode loss = json.putObject("loss");
    loss.set("mean", number(comparison.meanLoss()));
    loss.put("p50", comparison.loss(0.5))
        .put("p90", comparison.loss(0.9))
        .put("p99", comparison.loss(0.99))
        .put("max", comparison.loss(1));
    json.set("bestScore", number(comparison.meanBestScore()));
    json.set("nodesLookedAt", number(comparison.meanLookedAt()));
    json.set("nodes", number(comparison.meanNodes()));
    return json;
  }

  private static ObjectNode history(TrafficResult result) {
    ObjectNode history = JSON.objectNode();
    history.set("every", number(result.binNanos() / 1e9));
    numbers(history.putArray("rate"), result.rates(), 1);
    numbers(history.putArray("errors"), result.errors(), 1);
    numbers(history.putArray("p50"), result.quantiles().get(0), 1e-9);
    numbers(history.putArray("p90"), result.quantiles().get(1), 1e-9);
    numbers(history.putArray("p99"), result.quantiles().get(2), 1e-9);
    return history;
  }

  static void numbers(ArrayNode array, ImmutableDoubleArray values, double unit) {
    values.forEach(value -> array.add(number(value * unit)));
  }

  private static ArrayNode tallies(String name, ImmutableList<Tally> tallies) {
    ArrayNode json = JSON.arrayNode();
    for (Tally tally : tallies) {
      json.addObject().put(name, tally.what()).put("count", tally.count());
    }
    return json;
  }

  static JsonNode seconds(long nanos) {
    BigDecimal exact = BigDecimal.valueOf(nanos, 9).setScale(6, RoundingMode.HALF_UP);
    return plain(exact.stripTrailingZeros());
  }

  /** To six digits, written plainly. */
  static JsonNode number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return JSON.numberNode((long) value);
    }
    return plain(new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros());
  }

  private static JsonNode plain(BigDecimal number) {
    return number.scale() <= 0 ? JSON.numberNode(number.longValue()) : DecimalNode.valueOf(number);
  }
}
