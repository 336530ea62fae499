package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import io.towtank.metrics.MetricsApi;
import io.towtank.metrics.MetricsApi.Sample;
import io.towtank.store.admission.PodResources;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How many replicas a metric calls for (pkg/controller/podautoscaler: replica_calculator.go).
 *
 * <p>{@code ceil(replicas × value / target)}, but pods that tell nothing are counted on the safe
 * side: those without a sample as if they used nothing where the metric calls for more, and as if
 * they used all that they ask for where it calls for fewer; those that are not ready yet not at
 * all, or as if they used nothing where the metric calls for more. What this turns around or brings
 * close to the target changes nothing.
 */
public final class ReplicaCalculator {
  private final PodAutoscalerOptions options;

  /**
   * @param options of which the two delays count here
   */
  public ReplicaCalculator(PodAutoscalerOptions options) {
    this.options = options;
  }

  /** What pods are to a metric (groupPods). */
  private enum Group {
    READY,
    UNREADY,
    MISSING,
    IGNORED
  }

  /** Sums over pods, as far as they count. */
  private static final class Sums {
    private int ready;
    private long readyValue;
    private long readyRequest;
    private int unready;
    private long unreadyRequest;
    private int missing;
    private long missingRequest;
    private long missingFallback;
  }

  /**
   * For a share of what pods request (GetResourceReplicas).
   *
   * @param current the replicas that there are
   * @param target in percent
   * @param resource {@code cpu} or {@code memory}
   * @param container the one that counts, null for all
   * @param pods those of the workload
   * @param samples the sample of a pod, null where there is none
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public Proposal utilization(
      int current,
      int target,
      String resource,
      @Nullable String container,
      Tolerances tolerances,
      List<Pod> pods,
      Function<Pod, @Nullable Sample> samples,
      long nowNanos)
      throws MetricException {
    Sums sums = new Sums();
    boolean any = false;
    int fallback = Math.max(100, target);
    @Nullable Sample[] sampled = new Sample[pods.size()];
    for (int i = 0; i < sampled.length; i++) {
      sampled[i] = samples.apply(pods.get(i));
      any |= sampled[i] != null;
    }
    requireMetrics(any, resource);
    Group[] groups = new Group[sampled.length];
    for (int i = 0; i < sampled.length; i++) {
      Sample sample = sampled[i];
      groups[i] = group(pods.get(i), sample, resource, nowNanos);
      if (groups[i] == Group.READY && sample != null) {
        sums.ready++;
        sums.readyValue += sample.milli();
      }
    }
    requireReady(sums);
    PodSpec last = null;
    long request = 0;
    for (int i = 0; i < sampled.length; i++) {
      Pod pod = pods.get(i);
      // Also of pods that do not count: all have to have one.
      if (!isSame(pod.spec(), last)) {
        last = pod.spec();
        request = requestMilli(pod, resource, container);
      }
      switch (groups[i]) {
        case READY -> sums.readyRequest += request;
        case UNREADY -> {
          sums.unready++;
          sums.unreadyRequest += request;
        }
        case MISSING -> {
          sums.missing++;
          sums.missingRequest += request;
          sums.missingFallback += request * fallback / 100;
        }
        case IGNORED -> {}
      }
    }
    int utilization = percent(sums.readyValue, sums.readyRequest);
    long average = sums.readyValue / sums.ready;
    double ratio = (double) utilization / target;
    boolean unreadyCount = sums.unready > 0 && ratio > 1.0;
    if (!unreadyCount && sums.missing == 0) {
      return new Proposal(
          tolerances.covers(ratio) ? current : ceil(ratio * sums.ready), average, utilization);
    }
    long value = sums.readyValue;
    long requests = sums.readyRequest;
    int counted = sums.ready;
    if (sums.missing > 0 && ratio != 1.0) {
      value += ratio < 1.0 ? sums.missingFallback : 0;
      requests += sums.missingRequest;
      counted += sums.missing;
    }
    if (unreadyCount) {
      requests += sums.unreadyRequest;
      counted += sums.unready;
    }
    double newRatio = (double) percent(value, requests) / target;
    return new Proposal(
        considered(current, ratio, newRatio, counted, tolerances), average, utilization);
  }

  /**
   * For an average over pods (GetRawResourceReplicas, GetMetricReplicas).
   *
   * @param current the replicas that there are
   * @param targetMilli in thousandths
   * @param resource {@code cpu} or {@code memory}; null for a custom metric
   * @param pods those of the workload
   * @param samples the sample of a pod, null where there is none
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public Proposal average(
      int current,
      long targetMilli,
      @Nullable String resource,
      Tolerances tolerances,
      List<Pod> pods,
      Function<Pod, @Nullable Sample> samples,
      long nowNanos)
      throws MetricException {
    Sums sums = new Sums();
    boolean any = false;
    for (Pod pod : pods) {
      Sample sample = samples.apply(pod);
      any |= sample != null;
      switch (group(pod, sample, resource, nowNanos)) {
        case READY -> {
          sums.ready++;
          sums.readyValue += sample == null ? 0 : sample.milli();
        }
        case UNREADY -> sums.unready++;
        case MISSING -> sums.missing++;
        case IGNORED -> {}
      }
    }
    requireMetrics(any, resource);
    requireReady(sums);
    long average = sums.readyValue / sums.ready;
    double ratio = (double) average / targetMilli;
    boolean unreadyCount = sums.unready > 0 && ratio > 1.0;
    if (!unreadyCount && sums.missing == 0) {
      return new Proposal(
          tolerances.covers(ratio) ? current : ceil(ratio * sums.ready), average, 0);
    }
    long value = sums.readyValue;
    int counted = sums.ready;
    if (sums.missing > 0 && ratio != 1.0) {
      value += ratio < 1.0 ? sums.missing * targetMilli : 0;
      counted += sums.missing;
    }
    if (unreadyCount) {
      counted += sums.unready;
    }
    long newAverage = value / counted;
    double newRatio = (double) newAverage / targetMilli;
    return new Proposal(considered(current, ratio, newRatio, counted, tolerances), average, 0);
  }

  /**
   * For the value of a metric of something else than the pods (GetObjectMetricReplicas,
   * GetExternalMetricReplicas). Without replicas neither ready pods nor tolerance count, so that
   * there is a way back from none.
   */
  public static Proposal value(
      int current, long valueMilli, long targetMilli, Tolerances tolerances, List<Pod> pods)
      throws MetricException {
    double ratio = (double) valueMilli / targetMilli;
    if (current == 0) {
      return new Proposal(ceil(ratio), valueMilli, 0);
    }
    if (tolerances.covers(ratio)) {
      return new Proposal(current, valueMilli, 0);
    }
    if (pods.isEmpty()) {
      throw new MetricException(
          "unable to calculate ready pods: no pods returned by selector while calculating replica"
              + " count");
    }
    long ready =
        pods.stream()
            .filter(pod -> pod.status().phase() == PodPhase.RUNNING && pod.isReady())
            .count();
    return new Proposal(ceil(ratio * ready), valueMilli, 0);
  }

  /**
   * For the value of a metric of something else than the pods, divided by them
   * (GetObjectPerPodMetricReplicas, GetExternalPerPodMetricReplicas).
   *
   * @param replicas those that the workload's status tells of
   */
  public static Proposal valuePerPod(
      int replicas, long valueMilli, long targetMilli, Tolerances tolerances) {
    double ratio = (double) valueMilli / ((double) targetMilli * replicas);
    int proposed = tolerances.covers(ratio) ? replicas : ceil((double) valueMilli / targetMilli);
    return new Proposal(
        proposed, replicas == 0 ? 0 : (long) Math.ceil((double) valueMilli / replicas), 0);
  }

  /** What remains of a proposal when those pods are counted that tell nothing. */
  private static int considered(
      int current, double ratio, double newRatio, int counted, Tolerances tolerances) {
    if (tolerances.covers(newRatio)
        || (ratio < 1.0 && newRatio > 1.0)
        || (ratio > 1.0 && newRatio < 1.0)) {
      return current;
    }
    int replicas = ceil(newRatio * counted);
    return (newRatio < 1.0 && replicas > current) || (newRatio > 1.0 && replicas < current)
        ? current
        : replicas;
  }

  private static int ceil(double replicas) {
    return (int) Math.ceil(replicas);
  }

  private static void requireMetrics(boolean any, @Nullable String resource)
      throws MetricException {
    if (!any) {
      throw new MetricException(
          resource == null
              ? "no metrics returned from custom metrics API"
              : "unable to get metrics for resource "
                  + resource
                  + ": no metrics returned from resource metrics API");
    }
  }

  private static void requireReady(Sums sums) throws MetricException {
    if (sums.ready == 0) {
      throw new MetricException(
          "did not receive metrics for targeted pods (pods might be unready)");
    }
  }

  private static int percent(long value, long requests) throws MetricException {
    if (requests == 0) {
      throw new MetricException("no metrics returned matched known pods");
    }
    return (int) (value * 100 / requests);
  }

  private Group group(
      Pod pod, MetricsApi.@Nullable Sample sample, @Nullable String resource, long nowNanos) {
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE
        || pod.status().phase() == PodPhase.FAILED) {
      return Group.IGNORED;
    }
    if (pod.status().phase() == PodPhase.PENDING) {
      return Group.UNREADY;
    }
    if (sample == null) {
      return Group.MISSING;
    }
    return "cpu".equals(resource) && isStarting(pod, sample, nowNanos)
        ? Group.UNREADY
        : Group.READY;
  }

  /** Whether what a pod uses of a CPU is only due to its start. */
  private boolean isStarting(Pod pod, Sample sample, long nowNanos) {
    PodCondition ready = pod.status().condition("Ready");
    long started = pod.status().startTime();
    if (ready == null || started == Timestamps.NONE) {
      return true;
    }
    boolean unready = ready.status() == ConditionStatus.FALSE;
    long changed = ready.lastTransitionTime() == Timestamps.NONE ? 0 : ready.lastTransitionTime();
    return started + options.cpuInitializationNanos() > nowNanos
        ? unready || sample.timestampNanos() < changed + sample.windowNanos()
        : unready && started + options.initialReadinessNanos() > changed;
  }

  @SuppressWarnings("ReferenceEquality") // The pods of a template share their spec.
  private static boolean isSame(PodSpec spec, @Nullable PodSpec last) {
    return spec == last;
  }

  /** What a pod, or a container of it, requests, in thousandths (calculateRequests). */
  private static long requestMilli(Pod pod, String resource, @Nullable String container)
      throws MetricException {
    ResourceRequirements ofPod = pod.spec().resources();
    if (container == null && ofPod != null && !ofPod.requests().isEmpty()) {
      Quantity request = PodResources.requests(pod.spec()).get(resource);
      if (request == null) {
        throw new MetricException(
            "missing pod-level request for %s in Pod %s".formatted(resource, pod.name()));
      }
      return request.milliValue();
    }
    long sum = 0;
    for (Container candidate :
        Iterables.concat(pod.spec().containers(), sidecars(pod.spec().initContainers()))) {
      if (container == null || container.equals(candidate.name())) {
        ResourceRequirements resources = candidate.resources();
        Quantity request = resources == null ? null : resources.requests().get(resource);
        if (request == null) {
          throw new MetricException(
              "missing request for %s in container %s of Pod %s"
                  .formatted(resource, candidate.name(), pod.name()));
        }
        sum += request.milliValue();
        if (container != null) {
          return sum;
        }
      }
    }
    if (container != null) {
      throw new MetricException(
          "container %s not found in Pod %s".formatted(container, pod.name()));
    }
    return sum;
  }

  private static Iterable<Container> sidecars(ImmutableList<Container> init) {
    return init.isEmpty() ? init : Iterables.filter(init, c -> "Always".equals(c.restartPolicy()));
  }
}
