package io.towtank.scenarios.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.api.Timestamps;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Rollout.Outcome;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scenarios.report.ReportData.NodeCell;
import io.towtank.scenarios.run.FaultSpan;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.traffic.TrafficResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What report.js reads: columns rather than objects, for thousands of nodes are in it. Times are
 * seconds, nodes' shares are thousandths.
 */
final class ReportJson {
  private static final double SECOND = 1e9;

  /** More than this cannot be told apart on a screen, and would make the file large. */
  private static final int MOST_CELLS = 10_000;

  private static final int MOST_ROLLOUTS = 200;
  private static final int MOST_SERVICES = 50;

  private final JsonGenerator json;

  private ReportJson(JsonGenerator json) {
    this.json = json;
  }

  /** As JSON that may stand in a script element whatever texts are in it. */
  static String of(ReportData data) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      new ReportJson(generator).write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // "<" occurs in strings only. It is what ends a script element, or opens a comment in it.
    return text.toString().replace("<", "\\u003c");
  }

  private void write(ReportData data) throws IOException {
    json.writeStartObject();
    json.writeStringField("description", data.description());
    json.writeStringField("digest", data.digest());
    // Not as a number: a seed may be more than a double holds.
    json.writeStringField("seed", Long.toString(data.seed()));
    json.writeStringField("start", Timestamps.format(data.startEpochNanos()));
    json.writeNumberField("virtualSeconds", data.virtualNanos() / SECOND);
    json.writeNumberField("wallSeconds", data.wallNanos() / SECOND);
    json.writeNumberField("events", data.events());
    json.writeArrayFieldStart("notes");
    for (String note : data.notes()) {
      json.writeString(note);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("pods");
    for (Map.Entry<String, Long> count : data.pods().entrySet()) {
      row(count.getKey(), count.getValue());
    }
    json.writeEndArray();
    series(data.series());
    startup(data);
    nodes(data);
    json.writeArrayFieldStart("timeline");
    for (ReportData.Happening happening : data.timeline()) {
      row(happening.nanos() / SECOND, happening.what());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("faults");
    for (FaultSpan fault : data.faults()) {
      row(
          fault.fromNanos() / SECOND,
          (fault.isOver() ? fault.untilNanos() : data.virtualNanos()) / SECOND,
          fault.label(),
          fault.what());
    }
    json.writeEndArray();
    rollouts(data.rollouts());
    tallies("restarts", data.restarts());
    tallies("disruptions", data.disruptions());
    json.writeArrayFieldStart("counters");
    for (ReportData.Counter counter : data.counters()) {
      row(counter.component(), counter.name(), counter.value());
    }
    json.writeEndArray();
    arrivals(data.arrivals());
    sampling(data.sampling());
    json.writeArrayFieldStart("unschedulable");
    for (ReportData.Reason reason : data.unschedulable()) {
      row(reason.text(), reason.count());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("expectations");
    for (ReportData.Outcome outcome : data.expectations()) {
      json.writeStartObject();
      json.writeStringField("expectation", outcome.expectation());
      json.writeBooleanField("met", outcome.met());
      json.writeStringField("actual", outcome.actual());
      json.writeEndObject();
    }
    json.writeEndArray();
    traffic(data.traffic());
    new ScalingJson(json).write(data.scaling());
    new ExplanationsJson(json).write(data.explanations());
    json.writeEndObject();
  }

  /** Those that went on longest where there are too many, what did not go well before all. */
  private void rollouts(List<Rollout> rollouts) throws IOException {
    json.writeNumberField("rolloutsInAll", rollouts.size());
    json.writeArrayFieldStart("rollouts");
    List<Rollout> chosen =
        rollouts.stream()
            .sorted(
                Comparator.comparing((Rollout rollout) -> rollout.outcome() == Outcome.COMPLETE)
                    .thenComparing(rollout -> !rollout.update())
                    .thenComparing(Comparator.comparingLong(Rollout::nanos).reversed()))
            .limit(MOST_ROLLOUTS)
            .sorted(Comparator.comparingLong(Rollout::beganNanos))
            .toList();
    for (Rollout rollout : chosen) {
      json.writeStartObject();
      json.writeStringField("target", rollout.target());
      json.writeStringField("revision", rollout.revision());
      json.writeBooleanField("update", rollout.update());
      json.writeStringField("outcome", rollout.outcome().toString());
      json.writeBooleanField("late", rollout.deadlineExceeded());
      json.writeNumberField("began", rollout.beganNanos() / SECOND);
      json.writeNumberField("ended", rollout.endedNanos() / SECOND);
      json.writeNumberField("pods", rollout.pods());
      json.writeNumberField("leastAvailable", rollout.leastAvailable());
      json.writeNumberField("mostPods", rollout.mostPods());
      json.writeArrayFieldStart("steps");
      for (Rollout.Step step : rollout.steps()) {
        json.writeStartArray();
        json.writeNumber(step.nanos() / SECOND);
        json.writeNumber(step.pods());
        json.writeNumber(step.updated());
        json.writeNumber(step.available());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void tallies(String name, List<Tally> tallies) throws IOException {
    json.writeArrayFieldStart(name);
    for (Tally tally : tallies) {
      row(tally.what(), tally.count());
    }
    json.writeEndArray();
  }

  private void arrivals(ArrivalsOutcome arrivals) throws IOException {
    json.writeObjectFieldStart("arrivals");
    json.writeNumberField("came", arrivals.came());
    json.writeNumberField("placed", arrivals.placed());
    json.writeNumberField("waited", arrivals.waited());
    json.writeNumberField("neverPlaced", arrivals.neverPlaced());
    json.writeNumberField("longestWait", arrivals.longestWaitNanos() / SECOND);
    tallies("reasons", arrivals.reasons());
    json.writeArrayFieldStart("devices");
    for (ArrivalsOutcome.Devices most : arrivals.devices()) {
      json.writeStartObject();
      json.writeStringField("resource", most.resource());
      json.writeNumberField("at", most.atNanos() / SECOND);
      json.writeNumberField("requested", most.requested());
      json.writeNumberField("allocatable", most.allocatable());
      json.writeNumberField("nodesInUse", most.nodesInUse());
      json.writeNumberField("freeOnThem", most.freeOnThem());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void sampling(List<SamplingComparison> comparisons) throws IOException {
    json.writeArrayFieldStart("sampling");
    for (SamplingComparison one : comparisons) {
      json.writeStartObject();
      json.writeStringField("profile", one.schedulerName());
      json.writeBooleanField("sampled", one.sampled());
      json.writeNumberField("decisions", one.decisions());
      json.writeNumberField("notCompared", one.notCompared());
      json.writeNumberField("elsewhere", one.elsewhere());
      json.writeNumberField("meanLoss", one.meanLoss());
      json.writeNumberField("p99Loss", one.loss(0.99));
      json.writeNumberField("maxLoss", one.loss(1));
      json.writeNumberField("bestScore", one.meanBestScore());
      json.writeNumberField("lookedAt", one.meanLookedAt());
      json.writeNumberField("nodes", one.meanNodes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Those that were asked most; the others are too many to look at, and are in the summary. */
  private void traffic(List<TrafficResult> results) throws IOException {
    json.writeNumberField("trafficInAll", results.size());
    json.writeArrayFieldStart("traffic");
    List<TrafficResult> chosen =
        results.stream()
            .sorted(Comparator.comparingLong(TrafficResult::requests).reversed())
            .limit(MOST_SERVICES)
            .toList();
    for (TrafficResult result : chosen) {
      json.writeStartObject();
      json.writeStringField("service", result.service());
      json.writeNumberField("requests", result.requests());
      json.writeArrayFieldStart("errors");
      row("no endpoint", result.refused());
      row("endpoint gone", result.unreachable());
      row("turned away", result.shed());
      row("gave up", result.timedOut());
      json.writeEndArray();
      json.writeNumberField("sameZone", Math.rint(result.sameZone() * 1000) / 1000);
      json.writeArrayFieldStart("quantiles");
      result.quantileNanos().forEach(nanos -> write(nanos / SECOND));
      json.writeEndArray();
      json.writeArrayFieldStart("destinations");
      for (Map.Entry<String, Long> destination : result.destinations().entrySet()) {
        row(destination.getKey(), destination.getValue());
      }
      json.writeEndArray();
      json.writeNumberField("every", result.binNanos() / SECOND);
      numbers("rate", result.rates(), 1);
      numbers("failed", result.errors(), 1);
      numbers("p50", result.quantiles().get(0), SECOND);
      numbers("p90", result.quantiles().get(1), SECOND);
      numbers("p99", result.quantiles().get(2), SECOND);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void numbers(String name, ImmutableDoubleArray values, double unit) throws IOException {
    json.writeArrayFieldStart(name);
    values.forEach(value -> write(value / unit));
    json.writeEndArray();
  }

  /** To five digits after the point or, of what is small, to five that count. */
  private void write(double value) {
    double unit = Math.abs(value) < 0.1 ? 1e8 : 1e5;
    try {
      json.writeNumber(Math.rint(value * unit) / unit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void lines(String name, List<TimeSeries.Line> lines) throws IOException {
    json.writeArrayFieldStart(name);
    for (TimeSeries.Line line : lines) {
      json.writeStartArray();
      json.writeString(line.name());
      json.writeStartArray();
      for (int i = 0; i < line.counts().length(); i++) {
        json.writeNumber((long) line.counts().get(i));
      }
      json.writeEndArray();
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void series(TimeSeries series) throws IOException {
    json.writeObjectFieldStart("series");
    json.writeArrayFieldStart("seconds");
    for (int i = 0; i < series.nanos().length(); i++) {
      json.writeNumber(series.nanos().get(i) / SECOND);
    }
    json.writeEndArray();
    lines("pods", series.pods());
    lines("nodes", series.nodes());
    json.writeArrayFieldStart("utilization");
    for (TimeSeries.Utilization utilization : series.utilization()) {
      json.writeStartArray();
      json.writeString(utilization.resource());
      shares(utilization.mean());
      shares(utilization.deviation());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void shares(ImmutableDoubleArray shares) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < shares.length(); i++) {
      json.writeNumber(Math.rint(shares.get(i) * 1e5) / 1e5);
    }
    json.writeEndArray();
  }

  private void startup(ReportData data) throws IOException {
    json.writeArrayFieldStart("startup");
    for (LatencyDistribution distribution : data.startup()) {
      json.writeStartObject();
      json.writeStringField("name", distribution.name());
      json.writeNumberField("count", distribution.count());
      json.writeNumberField("p50", distribution.p50Nanos() / SECOND);
      json.writeNumberField("p90", distribution.p90Nanos() / SECOND);
      json.writeNumberField("p99", distribution.p99Nanos() / SECOND);
      json.writeNumberField("max", distribution.maxNanos() / SECOND);
      json.writeArrayFieldStart("buckets");
      for (LatencyDistribution.Bucket bucket : distribution.buckets()) {
        row(bucket.fromNanos() / SECOND, bucket.toNanos() / SECOND, bucket.count());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Nodes one by one, or several that follow one another in one cell where they are many. */
  private void nodes(ReportData data) throws IOException {
    List<List<NodeCell>> cells = cells(data.nodes());
    Map<String, Integer> zones = new LinkedHashMap<>();
    data.nodes().forEach(node -> zones.putIfAbsent(node.zone(), zones.size()));
    json.writeObjectFieldStart("nodes");
    json.writeArrayFieldStart("zones");
    for (String zone : zones.keySet()) {
      json.writeString(zone);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("most");
    json.writeNumberField("cpu", Math.round(1000 * most(data, NodeCell::cpu)));
    json.writeNumberField("memory", Math.round(1000 * most(data, NodeCell::memory)));
    json.writeNumberField("pods", Math.round(most(data, NodeCell::pods)));
    json.writeEndObject();
    column(cells, "name", cell -> json.writeString(cell.getFirst().name()));
    column(cells, "zone", cell -> json.writeNumber(zones.getOrDefault(cell.getFirst().zone(), 0)));
    column(cells, "count", cell -> json.writeNumber(cell.size()));
    column(cells, "notReady", cell -> json.writeNumber(notReady(cell)));
    column(cells, "cpu", cell -> json.writeNumber(Math.round(1000 * mean(cell, NodeCell::cpu))));
    column(
        cells, "memory", cell -> json.writeNumber(Math.round(1000 * mean(cell, NodeCell::memory))));
    column(
        cells,
        "pods",
        cell -> json.writeNumber(Math.round(10 * mean(cell, NodeCell::pods)) / 10.0));
    json.writeEndObject();
  }

  private static List<List<NodeCell>> cells(List<NodeCell> nodes) {
    int size = (nodes.size() + MOST_CELLS - 1) / MOST_CELLS;
    List<List<NodeCell>> cells = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= nodes.size(); i++) {
      if (i == nodes.size()
          || i - from == size
          || !nodes.get(i).zone().equals(nodes.get(from).zone())) {
        cells.add(nodes.subList(from, i));
        from = i;
      }
    }
    return cells;
  }

  private static double most(ReportData data, ToDoubleFunction<NodeCell> measure) {
    return data.nodes().stream().mapToDouble(measure).max().orElse(0);
  }

  private static double mean(List<NodeCell> cell, ToDoubleFunction<NodeCell> measure) {
    return cell.stream().mapToDouble(measure).average().orElse(0);
  }

  private static long notReady(List<NodeCell> cell) {
    return cell.stream().filter(node -> !node.ready()).count();
  }

  @FunctionalInterface
  private interface CellWriter {
    void write(List<NodeCell> cell) throws IOException;
  }

  private void column(List<List<NodeCell>> cells, String name, CellWriter writer)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (List<NodeCell> cell : cells) {
      writer.write(cell);
    }
    json.writeEndArray();
  }

  private void row(Object... values) throws IOException {
    json.writeStartArray();
    for (Object value : values) {
      switch (value) {
        case String text -> json.writeString(text);
        case Long number -> json.writeNumber(number);
        case Double number -> json.writeNumber(number);
        default -> throw new IllegalArgumentException("no column: " + value);
      }
    }
    json.writeEndArray();
  }
}
