package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.math.LongMath;
import io.towtank.api.ContainerResourceMetricSource;
import io.towtank.api.ContainerResourceMetricStatus;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.ExternalMetricSource;
import io.towtank.api.ExternalMetricStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelector;
import io.towtank.api.MetricIdentifier;
import io.towtank.api.MetricSpec;
import io.towtank.api.MetricStatus;
import io.towtank.api.MetricStatusBuilder;
import io.towtank.api.MetricTarget;
import io.towtank.api.MetricValueStatus;
import io.towtank.api.ObjectMetricSource;
import io.towtank.api.ObjectMetricStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodsMetricSource;
import io.towtank.api.PodsMetricStatus;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceMetricSource;
import io.towtank.api.ResourceMetricStatus;
import io.towtank.api.Selector;
import io.towtank.controllers.workload.ScaleTarget;
import io.towtank.metrics.MetricsApi;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads one metric of an autoscaler and says what it calls for, in the words of Kubernetes
 * (computeReplicasForMetric).
 */
final class MetricReading {
  /**
   * A metric was read.
   *
   * @param replicas that it calls for
   * @param name as events have it
   * @param percent whether value and target are percents of what pods request
   * @param value what it is: of each pod, or, for targets of a value, in all
   * @param target what it should be
   * @param status as the autoscaler's status has it
   */
  record Read(
      int replicas,
      String name,
      boolean percent,
      double value,
      double target,
      MetricStatus status) {}

  /** A metric could not be read; {@code reason} and {@code cause} are the condition's. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;
    private final String reason;
    private final String cause;

    Failed(String reason, @Nullable String cause, String message) {
      super(message);
      this.reason = reason;
      this.cause = String.valueOf(cause);
    }

    String reason() {
      return reason;
    }

    String cause() {
      return cause;
    }
  }

  private static final double MILLI = 1000.0;

  private final MetricsApi metrics;
  private final ReplicaCalculator calculator;
  private final @Nullable String namespace;
  private final ScaleTarget target;
  private final List<Pod> pods;
  private final Tolerances tolerances;
  private final long nowNanos;

  /**
   * @param namespace the autoscaler's
   * @param pods the target's
   * @param nowNanos the time, in nanoseconds since 1970
   */
  MetricReading(
      MetricsApi metrics,
      ReplicaCalculator calculator,
      @Nullable String namespace,
      ScaleTarget target,
      List<Pod> pods,
      Tolerances tolerances,
      long nowNanos) {
    this.metrics = metrics;
    this.calculator = calculator;
    this.namespace = namespace;
    this.target = target;
    this.pods = pods;
    this.tolerances = tolerances;
    this.nowNanos = nowNanos;
  }

  /** Reads a metric. */
  Read read(MetricSpec metric) throws Failed {
    ResourceMetricSource resource = metric.resource();
    ContainerResourceMetricSource container = metric.containerResource();
    PodsMetricSource perPod = metric.pods();
    ObjectMetricSource object = metric.object();
    ExternalMetricSource external = metric.external();
    MetricStatusBuilder status = MetricStatusBuilder.builder().type(metric.type());
    if (metric.type().equals("Resource") && resource != null) {
      Use use =
          use(
              resource.name(),
              null,
              resource.target(),
              "FailedGetResourceMetric",
              resource.name() + " resource");
      return new Read(
          use.proposal.replicas(),
          use.name,
          use.current.averageUtilization() != null,
          use.value,
          use.target,
          status
              .resource(new ResourceMetricStatus(resource.name(), use.current, Fields.NONE))
              .build());
    }
    if (metric.type().equals("ContainerResource") && container != null) {
      Use use =
          use(
              container.name(),
              container.container(),
              container.target(),
              "FailedGetContainerResourceMetric",
              container.container() + " container");
      return new Read(
          use.proposal.replicas(),
          use.name,
          use.current.averageUtilization() != null,
          use.value,
          use.target,
          status
              .containerResource(
                  new ContainerResourceMetricStatus(
                      container.name(), use.current, container.container(), Fields.NONE))
              .build());
    }
    if (metric.type().equals("Pods") && perPod != null) {
      return pods(perPod, status);
    }
    if (metric.type().equals("Object") && object != null) {
      return object(object, status);
    }
    if (metric.type().equals("External") && external != null) {
      return external(external, status);
    }
    String unknown = "unknown metric source type \"" + metric.type() + "\"";
    throw new Failed("InvalidMetricSourceType", unknown, unknown);
  }

  /** What came of the use of a resource. */
  private record Use(
      Proposal proposal, String name, double value, double target, MetricValueStatus current) {}

  private Use use(
      String resource, @Nullable String container, MetricTarget wanted, String reason, String what)
      throws Failed {
    Quantity average = wanted.averageValue();
    Integer utilization = wanted.averageUtilization();
    try {
      if (average != null) {
        Proposal proposal =
            calculator.average(
                target.specReplicas(),
                average.milliValue(),
                resource,
                tolerances,
                pods,
                pod -> metrics.resource(pod, resource, container),
                nowNanos);
        return new Use(
            proposal,
            resource + " resource",
            proposal.milli() / MILLI,
            average.milliValue() / MILLI,
            new MetricValueStatus(null, Quantity.ofMillis(proposal.milli()), null, Fields.NONE));
      }
      if (utilization == null) {
        throw new MetricException(
            "invalid resource metric source: neither an average utilization target nor an average"
                + " value target was set");
      }
      Proposal proposal =
          calculator.utilization(
              target.specReplicas(),
              utilization,
              resource,
              container,
              tolerances,
              pods,
              pod -> metrics.resource(pod, resource, container),
              nowNanos);
      return new Use(
          proposal,
          resource + " resource utilization (percentage of request)",
          proposal.utilization(),
          utilization,
          new MetricValueStatus(
              null, Quantity.ofMillis(proposal.milli()), proposal.utilization(), Fields.NONE));
    } catch (MetricException e) {
      String cause =
          average == null && utilization == null
              ? String.valueOf(e.getMessage())
              : "failed to get " + resource + " utilization: " + e.getMessage();
      throw new Failed(reason, cause, "failed to get " + what + " metric value: " + cause);
    }
  }

  private Read pods(PodsMetricSource source, MetricStatusBuilder status) throws Failed {
    String name = source.metric().name();
    Quantity average = source.target().averageValue();
    Selector series = series(source.metric());
    try {
      if (average == null) {
        throw new MetricException("invalid pods metric source: no average value target was set");
      }
      Proposal proposal =
          calculator.average(
              target.specReplicas(),
              average.milliValue(),
              null,
              tolerances,
              pods,
              pod -> metrics.pod(pod, name, series),
              nowNanos);
      return new Read(
          proposal.replicas(),
          "pods metric " + name,
          false,
          proposal.milli() / MILLI,
          average.milliValue() / MILLI,
          status
              .pods(new PodsMetricStatus(source.metric(), average(proposal.milli()), Fields.NONE))
              .build());
    } catch (MetricException e) {
      String cause = "unable to get metric " + name + ": " + e.getMessage();
      throw new Failed("FailedGetPodsMetric", cause, "failed to get pods metric value: " + cause);
    }
  }

  private Read object(ObjectMetricSource source, MetricStatusBuilder status) throws Failed {
    String name = source.metric().name();
    Quantity value = source.target().value();
    Quantity average = source.target().averageValue();
    boolean perPod = value == null && average != null;
    try {
      if (value == null && average == null) {
        throw new MetricException(
            "invalid object metric source: neither a value target nor an average value target was"
                + " set");
      }
      OptionalLong milli =
          metrics.object(namespace, source.describedObject(), name, series(source.metric()));
      if (milli.isEmpty()) {
        throw new MetricException(notServed(name, source.describedObject()));
      }
      Proposal proposal = propose(milli.getAsLong(), value, average);
      return new Read(
          proposal.replicas(),
          perPod
              ? "external metric " + name + "(" + text(source.metric().selector()) + ")"
              : source.describedObject().kind() + " metric " + name,
          false,
          (perPod ? shared(proposal, milli.getAsLong()) : proposal.milli()) / MILLI,
          milli(value, average) / MILLI,
          status
              .object(
                  new ObjectMetricStatus(
                      source.metric(),
                      perPod ? average(proposal.milli()) : value(proposal.milli()),
                      source.describedObject(),
                      Fields.NONE))
              .build());
    } catch (MetricException e) {
      String cause = String.valueOf(e.getMessage());
      throw new Failed(
          "FailedGetObjectMetric",
          cause,
          "failed to get object metric value: "
              + (perPod ? "failed to get " + name + " object metric: " : "")
              + cause);
    }
  }

  /** The adapter does not know the metric. Upstream's arguments are one place off. */
  private String notServed(String metric, CrossVersionObjectReference object) {
    Kind<?> kind =
        Kinds.of(object.apiVersion() == null ? "v1" : object.apiVersion(), object.kind());
    String resource = kind.group().isEmpty() ? kind.plural() : kind.plural() + "." + kind.group();
    return "unable to get metric %s: %s on %s %s/%s"
        .formatted(
            metric,
            object.kind(),
            namespace,
            object.name(),
            "unable to fetch metrics from custom metrics API: the server could not find the metric"
                + " %s for %s %s".formatted(metric, resource, object.name()));
  }

  private Read external(ExternalMetricSource source, MetricStatusBuilder status) throws Failed {
    String name = source.metric().name();
    Quantity value = source.target().value();
    Quantity average = source.target().averageValue();
    boolean perPod = average != null;
    try {
      if (value == null && average == null) {
        throw new MetricException(
            "invalid external metric source: neither a value target nor an average value target"
                + " was set");
      }
      ImmutableList<Long> series = metrics.external(namespace, name, series(source.metric()));
      if (series.isEmpty()) {
        throw new MetricException(
            "unable to get external metric %s/%s/%s: no metrics returned from external metrics API"
                .formatted(namespace, name, text(source.metric().selector())));
      }
      long sum = 0;
      for (long milli : series) {
        sum = LongMath.saturatedAdd(sum, milli);
      }
      Proposal proposal = propose(sum, perPod ? null : value, average);
      return new Read(
          proposal.replicas(),
          "external metric " + name + "(" + text(source.metric().selector()) + ")",
          false,
          (perPod ? shared(proposal, sum) : proposal.milli()) / MILLI,
          milli(perPod ? null : value, average) / MILLI,
          status
              .external(
                  new ExternalMetricStatus(
                      source.metric(),
                      perPod ? average(proposal.milli()) : value(proposal.milli()),
                      Fields.NONE))
              .build());
    } catch (MetricException e) {
      String cause = String.valueOf(e.getMessage());
      throw new Failed(
          "FailedGetExternalMetric",
          cause,
          "failed to get "
              + name
              + " external metric value: "
              + (perPod
                  ? "failed to get " + name + " external metric: "
                  : value == null ? "" : "failed to get external metric " + name + ": ")
              + cause);
    }
  }

  private Proposal propose(long milli, @Nullable Quantity value, @Nullable Quantity average)
      throws MetricException {
    if (value != null) {
      return ReplicaCalculator.value(
          target.specReplicas(), milli, value.milliValue(), tolerances, pods);
    }
    return ReplicaCalculator.valuePerPod(
        target.statusReplicas(), milli, average == null ? 0 : average.milliValue(), tolerances);
  }

  /** What each replica has of a value; all of it where there are none. */
  private long shared(Proposal proposal, long milli) {
    return target.statusReplicas() == 0 ? milli : proposal.milli();
  }

  private static long milli(@Nullable Quantity value, @Nullable Quantity average) {
    return value != null ? value.milliValue() : average == null ? 0 : average.milliValue();
  }

  private static MetricValueStatus average(long milli) {
    return new MetricValueStatus(null, Quantity.ofMillis(milli), null, Fields.NONE);
  }

  private static MetricValueStatus value(long milli) {
    return new MetricValueStatus(Quantity.ofMillis(milli), null, null, Fields.NONE);
  }

  private static Selector series(MetricIdentifier metric) {
    return metric.selector() == null ? Selector.everything() : Selector.of(metric.selector());
  }

  /** A selector as Go prints it. */
  private static String text(@Nullable LabelSelector selector) {
    if (selector == null) {
      return "nil";
    }
    StringBuilder text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
    selector
        .matchLabels()
        .forEach((key, value) -> text.append(key).append(": ").append(value).append(','));
    return text.append("},MatchExpressions:[]LabelSelectorRequirement{},}").toString();
  }
}
