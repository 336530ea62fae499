package io.towtank.adapter;

import com.google.common.collect.ImmutableList;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.metrics.MetricsApi;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import io.towtank.traffic.ServiceTraffic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves custom and external metrics, as prometheus-adapter or KEDA do it: what is asked for is
 * what was read last, now and then. What pods use of resources another API says.
 */
public final class MetricsAdapter implements Component, MetricsApi {
  private static final String NAME = "metrics-adapter";

  private final Simulation simulation;
  private final ComponentContext context;
  private final MetricsApi resources;
  private final ServiceTraffic traffic;
  private final Options options;
  private final List<Read> reads = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private @Nullable Informer<Pod> pods;
  private long readNanos;

  /**
   * How it reads.
   *
   * @param resolutionNanos from one reading to the next, virtual time
   * @param windowNanos over how long rates of requests are taken
   */
  public record Options(long resolutionNanos, long windowNanos) {
    /** As scrapes are usually set up: every 15 s, with rates over a minute. */
    public static final Options DEFAULT = new Options(15_000_000_000L, 60_000_000_000L);
  }

  /** A series, and what was read of it last. */
  private static final class Read {
    private final MetricSeries series;
    private final @Nullable QueueLength queue;
    private boolean there;
    private double value;

    Read(MetricSeries series) {
      this.series = series;
      this.queue =
          series.source() instanceof MetricSeries.Source.Queue of ? new QueueLength(of) : null;
    }

    boolean matches(String metric, String namespace, Selector labels) {
      return there
          && series.metric().equals(metric)
          && series.subject().namespace().equals(namespace)
          && labels.matches(series.labels());
    }
  }

  /**
   * An adapter that has read nothing before its start.
   *
   * @param resources says what pods use of resources
   */
  public MetricsAdapter(
      ComponentContext context,
      MetricsApi resources,
      ServiceTraffic traffic,
      Options options,
      Iterable<MetricSeries> series) {
    this.simulation = context.simulation();
    this.context = context;
    this.resources = resources;
    this.traffic = traffic;
    this.options = options;
    for (MetricSeries one : series) {
      reads.add(new Read(one));
      if (one.source() instanceof MetricSeries.Source.Requests
          && one.subject() instanceof MetricSeries.Subject.Pods) {
        traffic.countByPod();
      }
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    if (reads.isEmpty()) {
      return;
    }
    for (Read read : reads) {
      if (read.queue != null || isShared(read)) {
        pods = context.informers().informer(Kinds.POD);
      }
    }
    if (pods != null && reads.stream().anyMatch(read -> read.queue != null)) {
      pods.addHandler(new Workers());
    }
    read();
  }

  private static boolean isShared(Read read) {
    return read.series.subject() instanceof MetricSeries.Subject.Pods of && of.shared();
  }

  /** Has somebody told before what was read before is replaced. */
  public void beforeReading(Runnable listener) {
    listeners.add(listener);
  }

  /** Those who empty queues come and go. */
  private final class Workers implements WatchListener<Pod> {
    private final Set<String> working = new HashSet<>();

    @Override
    public void added(Pod pod) {
      set(pod, works(pod));
    }

    @Override
    public void modified(Pod previous, Pod pod) {
      set(pod, works(pod));
    }

    @Override
    public void deleted(Pod last) {
      set(last, false);
    }

    private void set(Pod pod, boolean works) {
      for (int i = 0; i < reads.size(); i++) {
        QueueLength queue = reads.get(i).queue;
        if (queue == null
            || !Objects.equals(queue.queue().namespace(), pod.metadata().namespace())
            || !queue.queue().workers().matches(pod.metadata().labels())) {
          continue;
        }
        String worker = i + "/" + pod.metadata().uid();
        if (works ? working.add(worker) : working.remove(worker)) {
          queue.workers(works ? 1 : -1, simulation.nanos());
        }
      }
    }

    /** Who is told to end takes nothing more out. */
    private static boolean works(Pod pod) {
      return pod.isReady() && pod.metadata().deletionTimestamp() == Timestamps.NONE;
    }
  }

  private void read() {
    readNanos = simulation.nanos();
    listeners.forEach(Runnable::run);
    for (Read read : reads) {
      OptionalDouble value = read.series.isThere(readNanos) ? value(read) : OptionalDouble.empty();
      read.there = value.isPresent();
      read.value = value.orElse(0);
    }
    simulation.scheduleBackground(options.resolutionNanos(), this::read);
  }

  private OptionalDouble value(Read read) {
    return switch (read.series.source()) {
      case MetricSeries.Source.Curve curve -> {
        double value = curve.curve().at(readNanos);
        yield isShared(read) ? share(read, value) : OptionalDouble.of(value);
      }
      // Those of pods are asked pod by pod.
      case MetricSeries.Source.Requests requests ->
          requests.service() == null
              ? OptionalDouble.of(0)
              : traffic.measured(
                  requests.service().toString(), requests.measure(), options.windowNanos());
      case MetricSeries.Source.Queue queue -> {
        double length = read.queue == null ? 0 : read.queue.at(readNanos);
        yield isShared(read) ? share(read, length) : OptionalDouble.of(length);
      }
    };
  }

  /** What each of the ready pods has of a value; nothing where there are none. */
  private OptionalDouble share(Read read, double value) {
    Informer<Pod> known = pods;
    if (known == null
        || !(read.series.subject()
            instanceof
            MetricSeries.Subject.Pods(String namespace, Selector selector, boolean shared))) {
      return OptionalDouble.empty();
    }
    int[] ready = new int[1];
    known.forEachSelected(namespace, selector, pod -> ready[0] += pod.isReady() ? 1 : 0);
    return ready[0] == 0 ? OptionalDouble.empty() : OptionalDouble.of(value / ready[0]);
  }

  /**
   * What was read last of a metric of objects, or of an external one: of all its series together.
   *
   * @return none where it has no value now
   */
  public OptionalDouble last(String metric) {
    double sum = 0;
    boolean any = false;
    for (Read read : reads) {
      if (read.there
          && read.series.metric().equals(metric)
          && !(read.series.subject() instanceof MetricSeries.Subject.Pods)) {
        sum += read.value;
        any = true;
      }
    }
    return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
  }

  @Override
  public @Nullable Sample resource(Pod pod, String resource, @Nullable String container) {
    return resources.resource(pod, resource, container);
  }

  @Override
  public @Nullable Sample pod(Pod pod, String metric, Selector labels) {
    for (Read read : reads) {
      if (read.series.subject() instanceof MetricSeries.Subject.Pods of
          && read.matches(metric, String.valueOf(pod.metadata().namespace()), labels)
          && of.selector().matches(pod.metadata().labels())) {
        OptionalDouble value =
            read.series.source() instanceof MetricSeries.Source.Requests
                ? traffic.answeredPerSecond(pod, options.windowNanos())
                : pod.isReady() ? OptionalDouble.of(read.value) : OptionalDouble.empty();
        return value.isEmpty()
            ? null
            : new Sample(
                milli(value.getAsDouble()),
                simulation.epochNanos() - simulation.nanos() + readNanos,
                options.windowNanos());
      }
    }
    return null;
  }

  @Override
  public OptionalLong object(
      @Nullable String namespace,
      CrossVersionObjectReference object,
      String metric,
      Selector labels) {
    for (Read read : reads) {
      if (read.series.subject() instanceof MetricSeries.Subject.ObjectOf of
          && of.kind().equalsIgnoreCase(object.kind())
          && of.name().equals(object.name())
          && read.matches(metric, String.valueOf(namespace), labels)) {
        return OptionalLong.of(milli(read.value));
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public ImmutableList<Long> external(@Nullable String namespace, String metric, Selector labels) {
    ImmutableList.Builder<Long> values = ImmutableList.builder();
    for (Read read : reads) {
      if (read.series.subject() instanceof MetricSeries.Subject.External
          && read.matches(metric, String.valueOf(namespace), labels)) {
        values.add(milli(read.value));
      }
    }
    return values.build();
  }

  private static long milli(double value) {
    return Math.round(value * 1000);
  }
}
