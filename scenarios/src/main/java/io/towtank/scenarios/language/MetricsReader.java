package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.towtank.adapter.MetricSeries;
import io.towtank.adapter.MetricsAdapter;
import io.towtank.api.Durations;
import io.towtank.api.ObjectKey;
import io.towtank.api.Quantity;
import io.towtank.api.Selector;
import io.towtank.manifest.Cursor;
import io.towtank.traffic.Measure;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code metrics}. */
final class MetricsReader {
  private static final long LONGEST_WINDOW_NANOS = Durations.parse("2m");
  private static final long INTERVAL_NANOS = Durations.parse("5s");

  private static final ImmutableMap<String, Measure> MEASURES =
      Maps.uniqueIndex(List.of(Measure.values()), Measure::toString);

  private final CurveReader values;
  private final CurveReader rates;
  private final References references;

  MetricsReader(ManifestSources sources, References references) {
    this.values = new CurveReader(sources, "value", MetricsReader::amount);
    this.rates = new CurveReader(sources, "rate", Rate::parsePerSecond);
    this.references = references;
  }

  Metrics read(Cursor metrics) {
    MetricsAdapter.Options base = MetricsAdapter.Options.DEFAULT;
    Cursor window = metrics.field("window");
    long windowNanos = Values.duration(window, base.windowNanos());
    if (windowNanos < INTERVAL_NANOS || windowNanos > LONGEST_WINDOW_NANOS) {
      window.problem("a window is from 5s to 2m", null);
      windowNanos = base.windowNanos();
    }
    Metrics read =
        new Metrics(
            Values.period(metrics.field("resolution"), Metrics.DEFAULT.resolutionNanos()),
            new MetricsAdapter.Options(
                Values.period(metrics.field("scrapeInterval"), base.resolutionNanos()),
                windowNanos),
            series(metrics.field("series")));
    metrics.rejectUnknownFields();
    return read;
  }

  private static double amount(String text) {
    try {
      Quantity quantity = Quantity.parse(text);
      if (quantity.milliValue() >= 0) {
        return quantity.milliValue() / 1000.0;
      }
    } catch (IllegalArgumentException e) {
      // Told below, together with what is negative.
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no amount that is not negative: it is as in 12, 0.5, 200m or 1500");
  }

  private ImmutableList<MetricSeries> series(Cursor list) {
    ImmutableList.Builder<MetricSeries> series = ImmutableList.builder();
    for (Cursor item : list.items()) {
      String type = Values.oneOf(item, "pods", "object", "external");
      Cursor name = item.field(type == null ? "external" : type);
      String namespace = item.field("namespace").text("default");
      MetricSeries.Subject subject = subject(item, type, namespace);
      series.add(
          new MetricSeries(
              name.text(""),
              subject,
              source(item, subject),
              Values.textsByName(item.field("labels")),
              absent(item.field("absent"))));
      item.rejectUnknownFields();
    }
    return series.build();
  }

  private static MetricSeries.Subject subject(
      Cursor item, @Nullable String type, String namespace) {
    Cursor selector = item.field("selector");
    Cursor shared = item.field("shared");
    Cursor of = item.field("of");
    boolean pods = "pods".equals(type);
    if (selector.isPresent() && !pods) {
      selector.problem("only a metric of pods has a selector", null);
    }
    if (shared.isPresent() && !pods) {
      shared.problem("only a metric of pods is shared by them", null);
    }
    if (of.isPresent() && !"object".equals(type)) {
      of.problem("only a metric of an object is of something", null);
    }
    if (pods) {
      return new MetricSeries.Subject.Pods(
          namespace,
          Values.parsed(selector, Selector::parse, Selector.everything()),
          shared.flag(false));
    }
    if (!"object".equals(type)) {
      return new MetricSeries.Subject.External(namespace);
    }
    String object = item.required("of").text("a/b");
    int slash = object.indexOf('/');
    if (slash <= 0 || slash == object.length() - 1) {
      of.problem(
          "\"" + object + "\" is no object: it is a kind and a name, as in Ingress/shop", null);
      slash = 0;
    }
    return new MetricSeries.Subject.ObjectOf(
        namespace, object.substring(0, slash), object.substring(slash + 1));
  }

  private MetricSeries.Source source(Cursor item, MetricSeries.Subject subject) {
    Cursor traffic = item.field("traffic");
    Cursor queue = item.field("queue");
    Cursor service = item.field("service");
    String kind = Values.oneOf(item, "constant", "steps", "diurnal", "table", "traffic", "queue");
    if (service.isPresent() && !traffic.isPresent()) {
      service.problem("only where \"traffic\" is measured is a service named", null);
    }
    if ("traffic".equals(kind)) {
      noBursts(item);
      return requests(traffic, service, item, subject);
    }
    if ("queue".equals(kind)) {
      noBursts(item);
      return queue(queue, subject.namespace());
    }
    return new MetricSeries.Source.Curve(values.read(item, kind));
  }

  private static void noBursts(Cursor item) {
    if (item.field("bursts").isPresent()) {
      item.field("bursts").problem("bursts are on top of a curve", null);
    }
  }

  private MetricSeries.Source requests(
      Cursor traffic, Cursor service, Cursor item, MetricSeries.Subject subject) {
    String word = traffic.word(MEASURES.keySet(), Measure.REQUESTS.toString());
    Measure measure = MEASURES.getOrDefault(word, Measure.REQUESTS);
    return switch (subject) {
      case MetricSeries.Subject.Pods pods -> {
        if (measure != Measure.REQUESTS) {
          traffic.problem("of pods the requests that they answer are known, and no more", null);
        }
        if (service.isPresent()) {
          service.problem("pods are asked for all that they answer, of whatever service", null);
        }
        if (pods.shared()) {
          item.field("shared").problem("each pod has requests of its own", null);
        }
        yield new MetricSeries.Source.Requests(null, Measure.REQUESTS);
      }
      case MetricSeries.Subject.ObjectOf of
          when !service.isPresent() && of.kind().toLowerCase(Locale.ROOT).equals("service") -> {
        ObjectKey key = new ObjectKey(of.namespace(), of.name());
        references.service(item.field("of"), key, false);
        yield new MetricSeries.Source.Requests(key, measure);
      }
      default -> {
        ObjectKey key = new ObjectKey(subject.namespace(), item.required("service").text(""));
        if (service.isPresent()) {
          references.service(service, key, false);
        }
        yield new MetricSeries.Source.Requests(key, measure);
      }
    };
  }

  private MetricSeries.Source queue(Cursor queue, String namespace) {
    MetricSeries.Source.Queue read =
        new MetricSeries.Source.Queue(
            rates.read(queue),
            Values.parsed(queue.field("initial"), MetricsReader::amount, 0.0),
            namespace,
            Values.parsed(queue.required("workers"), Selector::parse, Selector.nothing()),
            Values.parsed(queue.required("perWorker"), Rate::parsePerSecond, 0.0));
    queue.rejectUnknownFields();
    return read;
  }

  private static ImmutableList<MetricSeries.Span> absent(Cursor spans) {
    ImmutableList.Builder<MetricSeries.Span> absent = ImmutableList.builder();
    for (Cursor span : spans.items()) {
      long from = Values.duration(span.required("at"), 0);
      Cursor lasting = span.field("for");
      long nanos = Values.duration(lasting, Long.MAX_VALUE - from);
      absent.add(new MetricSeries.Span(from, from + nanos));
      span.rejectUnknownFields();
    }
    return absent.build();
  }

  /** The metrics that expectations can speak of. */
  static ImmutableSet<String> names(Metrics metrics) {
    return metrics.series().stream()
        .filter(series -> !(series.subject() instanceof MetricSeries.Subject.Pods))
        .map(MetricSeries::metric)
        .collect(ImmutableSet.toImmutableSet());
  }
}
