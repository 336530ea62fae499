package io.towtank.scenarios.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.api.Timestamps;
import io.towtank.scenarios.report.ReportData.NodeCell;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What report.js reads: columns rather than objects, for a hundred thousand nodes are in it. Times
 * are seconds, nodes' shares are thousandths.
 */
final class ReportJson {
  private static final double SECOND = 1e9;

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
    json.writeStringField("digest", data.digest());
    // Not as a number: a seed may be more than a double holds.
    json.writeStringField("seed", Long.toString(data.seed()));
    json.writeStringField("start", Timestamps.format(data.startEpochNanos()));
    json.writeNumberField("virtualSeconds", data.virtualNanos() / SECOND);
    json.writeNumberField("wallSeconds", data.wallNanos() / SECOND);
    json.writeNumberField("events", data.events());
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
    json.writeArrayFieldStart("counters");
    for (ReportData.Counter counter : data.counters()) {
      row(counter.component(), counter.name(), counter.value());
    }
    json.writeEndArray();
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
    json.writeEndObject();
  }

  private void series(TimeSeries series) throws IOException {
    json.writeObjectFieldStart("series");
    json.writeArrayFieldStart("seconds");
    for (int i = 0; i < series.nanos().length(); i++) {
      json.writeNumber(series.nanos().get(i) / SECOND);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("pods");
    for (TimeSeries.Phase phase : series.pods()) {
      json.writeStartArray();
      json.writeString(phase.phase());
      json.writeStartArray();
      for (int i = 0; i < phase.counts().length(); i++) {
        json.writeNumber((long) phase.counts().get(i));
      }
      json.writeEndArray();
      json.writeEndArray();
    }
    json.writeEndArray();
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

  private void nodes(ReportData data) throws IOException {
    Map<String, Integer> zones = new LinkedHashMap<>();
    data.nodes().forEach(node -> zones.putIfAbsent(node.zone(), zones.size()));
    json.writeObjectFieldStart("nodes");
    json.writeArrayFieldStart("zones");
    for (String zone : zones.keySet()) {
      json.writeString(zone);
    }
    json.writeEndArray();
    column(data, "name", node -> json.writeString(node.name()));
    column(data, "zone", node -> json.writeNumber(zones.getOrDefault(node.zone(), 0)));
    column(data, "cpu", node -> json.writeNumber(Math.round(node.cpu() * 1000)));
    column(data, "memory", node -> json.writeNumber(Math.round(node.memory() * 1000)));
    column(data, "pods", node -> json.writeNumber(node.pods()));
    column(data, "ready", node -> json.writeNumber(node.ready() ? 1 : 0));
    json.writeEndObject();
  }

  @FunctionalInterface
  private interface NodeWriter {
    void write(NodeCell node) throws IOException;
  }

  private void column(ReportData data, String name, NodeWriter writer) throws IOException {
    json.writeArrayFieldStart(name);
    for (NodeCell node : data.nodes()) {
      writer.write(node);
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
