package io.towtank.scenarios.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.ScalingDecision;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.run.RunSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What autoscalers did, as report.js reads it. */
final class ScalingJson {
  private static final double SECOND = 1e9;
  private static final int MOST_AUTOSCALERS = 100;
  private static final int MOST_DECISIONS = 500;
  private static final int MOST_RECOMMENDATIONS = 500;
  private static final int MOST_SAMPLES = 400;

  private final JsonGenerator json;

  ScalingJson(JsonGenerator json) {
    this.json = json;
  }

  void write(ReportData.Scaling scaling) throws IOException {
    autoscalers(scaling.autoscalers());
    nodeGroups(scaling.nodeGroups());
    recommendations(scaling.recommendations());
  }

  /** Those first that changed most. */
  private void autoscalers(List<HorizontalScaling.Autoscaler> all) throws IOException {
    List<HorizontalScaling.Autoscaler> chosen =
        all.stream()
            .sorted(
                Comparator.comparingLong(
                        (HorizontalScaling.Autoscaler one) -> one.scaledUp() + one.scaledDown())
                    .reversed())
            .limit(MOST_AUTOSCALERS)
            .toList();
    json.writeNumberField("autoscalersInAll", all.size());
    json.writeArrayFieldStart("autoscalers");
    for (HorizontalScaling.Autoscaler one : chosen) {
      json.writeStartObject();
      json.writeStringField("name", one.name());
      json.writeStringField("target", one.target());
      json.writeNumberField("scaledUp", one.scaledUp());
      json.writeNumberField("scaledDown", one.scaledDown());
      json.writeNumberField("turns", one.turns());
      json.writeNumberField("least", one.least());
      json.writeNumberField("most", one.most());
      json.writeNumberField("looks", one.looks());
      json.writeNumberField("held", one.held());
      json.writeNumberField("limited", one.limited());
      json.writeNumberField("failed", one.failed());
      json.writeNumberField("every", one.binNanos() / SECOND);
      numbers("replicas", one.replicas());
      numbers("load", one.load());
      json.writeEndObject();
    }
    json.writeEndArray();
    List<ReplicaDecision> decisions =
        chosen.stream()
            .flatMap(one -> one.decisions().stream())
            .sorted(Comparator.comparingLong(ReplicaDecision::atNanos))
            .toList();
    json.writeNumberField(
        "scalingsInAll", all.stream().mapToLong(one -> one.scaledUp() + one.scaledDown()).sum());
    json.writeArrayFieldStart("scalings");
    for (ReplicaDecision decision :
        decisions.subList(0, Math.min(MOST_DECISIONS, decisions.size()))) {
      decision(decision);
    }
    json.writeEndArray();
  }

  private void decision(ReplicaDecision decision) throws IOException {
    json.writeStartObject();
    json.writeNumberField("at", decision.atNanos() / SECOND);
    json.writeStringField("name", decision.autoscaler().toString());
    json.writeNumberField("from", decision.current());
    json.writeNumberField("to", decision.desired());
    json.writeNumberField("proposed", decision.proposed());
    json.writeStringField("reason", decision.reason());
    json.writeStringField("held", decision.held());
    json.writeStringField("limited", decision.limited());
    json.writeArrayFieldStart("metrics");
    for (ReplicaDecision.Metric metric : decision.metrics()) {
      json.writeStartObject();
      json.writeStringField("name", metric.name());
      json.writeBooleanField("percent", metric.percent());
      json.writeNumberField("value", rounded(metric.value()));
      json.writeNumberField("target", rounded(metric.target()));
      json.writeNumberField("replicas", metric.replicas());
      json.writeStringField("problem", metric.problem());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void nodeGroups(RunSummary.NodeGroups groups) throws IOException {
    json.writeObjectFieldStart("pools");
    json.writeArrayFieldStart("use");
    for (CloudProvider.Use use : groups.groups()) {
      json.writeStartObject();
      json.writeStringField("name", use.group().name());
      json.writeNumberField("nodes", use.machines());
      json.writeNumberField("peak", use.peak());
      json.writeNumberField("added", use.added());
      json.writeNumberField("removed", use.removed());
      json.writeNumberField("lost", use.lost());
      json.writeNumberField("price", rounded(use.group().pricePerHour()));
      json.writeNumberField("hours", rounded(use.nodeHours()));
      json.writeNumberField("cost", rounded(use.cost()));
      json.writeEndObject();
    }
    json.writeEndArray();
    sizes(groups);
    json.writeNumberField("decisionsInAll", groups.decisions().size());
    json.writeArrayFieldStart("decisions");
    for (ScalingDecision decision :
        groups.decisions().subList(0, Math.min(MOST_DECISIONS, groups.decisions().size()))) {
      decision(decision);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** What each pool has that runs and is paid for, at the times when something changed. */
  private void sizes(RunSummary.NodeGroups groups) throws IOException {
    TreeSet<Long> changes = new TreeSet<>();
    groups.sizes().forEach(size -> changes.add(size.atNanos()));
    long[] times = changes.stream().mapToLong(Long::longValue).toArray();
    int step = Math.max(1, (times.length + MOST_SAMPLES - 1) / MOST_SAMPLES);
    json.writeArrayFieldStart("seconds");
    for (int i = 0; i < times.length; i += step) {
      json.writeNumber(times[i] / SECOND);
    }
    json.writeEndArray();
    Map<String, int[]> running = new LinkedHashMap<>();
    Map<String, int[]> paid = new LinkedHashMap<>();
    groups
        .groups()
        .forEach(use -> {
          running.put(use.group().name(), new int[times.length]);
          paid.put(use.group().name(), new int[times.length]);
        });
    for (CloudProvider.Size size : groups.sizes()) {
      int[] runs = running.get(size.group().name());
      int[] costs = paid.get(size.group().name());
      if (runs == null || costs == null) {
        continue;
      }
      for (int i = times.length - 1; i >= 0 && times[i] >= size.atNanos(); i--) {
        runs[i] = size.running();
        costs[i] = size.machines();
      }
    }
    columns("running", running, step);
    columns("paid", paid, step);
  }

  private void columns(String name, Map<String, int[]> columns, int step) throws IOException {
    json.writeArrayFieldStart(name);
    for (int[] column : columns.values()) {
      json.writeStartArray();
      for (int i = 0; i < column.length; i += step) {
        json.writeNumber(column[i]);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void decision(ScalingDecision decision) throws IOException {
    json.writeStartObject();
    json.writeNumberField("at", decision.atNanos() / SECOND);
    switch (decision) {
      case ScalingDecision.ScaleUp up -> {
        json.writeStringField("what", "up");
        json.writeStringField("pool", up.group().name());
        json.writeNumberField("from", up.from());
        json.writeNumberField("to", up.to());
        json.writeNumberField("pods", up.pods());
        json.writeArrayFieldStart("options");
        for (ScalingDecision.Considered option : up.options()) {
          json.writeStartObject();
          json.writeStringField("pool", option.group());
          json.writeNumberField("nodes", option.nodes());
          json.writeNumberField("pods", option.pods());
          json.writeNumberField("idleCpu", rounded(option.wastedCpu()));
          json.writeNumberField("idleMemory", rounded(option.wastedMemory()));
          json.writeNumberField("price", rounded(option.pricePerHour()));
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      case ScalingDecision.ScaleDown down -> {
        json.writeStringField("what", "down");
        json.writeStringField("pool", down.group().name());
        json.writeStringField("node", down.node());
        json.writeNumberField("pods", down.pods());
        json.writeNumberField("utilization", rounded(down.utilization()));
        json.writeNumberField("unneeded", down.unneededNanos() / SECOND);
      }
      case ScalingDecision.Failure failure -> {
        json.writeStringField("what", "failure");
        json.writeStringField("pool", failure.group().name());
        json.writeStringField("message", failure.message());
      }
    }
    json.writeEndObject();
  }

  /**
   * By resource, in cores and bytes: those first that would save most, or cost most where that is
   * more; what is saved in all is of those that are left out, too.
   */
  private void recommendations(List<Recommended> all) throws IOException {
    Map<String, List<Recommended>> byResource = new TreeMap<>();
    for (Recommended one : all) {
      one.resources()
          .keySet()
          .forEach(name -> byResource.computeIfAbsent(name, _ -> new ArrayList<>()).add(one));
    }
    json.writeArrayFieldStart("recommendations");
    for (Map.Entry<String, List<Recommended>> entry : byResource.entrySet()) {
      String resource = entry.getKey();
      json.writeStartObject();
      json.writeStringField("resource", resource);
      json.writeNumberField(
          "saved",
          amount(entry.getValue().stream().mapToLong(one -> one.savedMilli(resource)).sum()));
      json.writeNumberField("inAll", entry.getValue().size());
      json.writeArrayFieldStart("containers");
      List<Recommended> chosen =
          entry.getValue().stream()
              .sorted(
                  Comparator.comparingLong((Recommended one) -> Math.abs(one.savedMilli(resource)))
                      .reversed())
              .limit(MOST_RECOMMENDATIONS)
              .toList();
      for (Recommended one : chosen) {
        recommendation(one, resource);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void recommendation(Recommended one, String resource) throws IOException {
    Recommended.Amounts amounts = one.resources().get(resource);
    if (amounts == null) {
      return;
    }
    json.writeStartObject();
    json.writeStringField("name", one.autoscaler().toString());
    json.writeStringField("container", one.container());
    json.writeNumberField("pods", one.pods());
    json.writeNumberField("requests", amount(amounts.requestsMilli()));
    json.writeNumberField("target", amount(amounts.targetMilli()));
    json.writeNumberField("lower", amount(amounts.lowerBoundMilli()));
    json.writeNumberField("upper", amount(amounts.upperBoundMilli()));
    json.writeNumberField("saved", amount(one.savedMilli(resource)));
    json.writeEndObject();
  }

  private static double amount(long milli) {
    return milli / 1000.0;
  }

  private void numbers(String name, ImmutableDoubleArray values) throws IOException {
    json.writeArrayFieldStart(name);
    for (int i = 0; i < values.length(); i++) {
      json.writeNumber(rounded(values.get(i)));
    }
    json.writeEndArray();
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e4) / 1e4;
  }
}
