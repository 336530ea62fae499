package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerResourceMetricSource;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.ExternalMetricSource;
import io.towtank.api.GenericObject;
import io.towtank.api.HPAScalingRules;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.HorizontalPodAutoscalerBehavior;
import io.towtank.api.HorizontalPodAutoscalerStatus;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.MetricSpec;
import io.towtank.api.MetricStatus;
import io.towtank.api.MetricStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetricSource;
import io.towtank.api.Pod;
import io.towtank.api.PodsMetricSource;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceMetricSource;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.ScaleTarget;
import io.towtank.controllers.workload.SelectorIndex;
import io.towtank.metrics.MetricsApi;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets the replicas of workloads by metrics, each every 15 s (kube-controller-manager:
 * horizontal-pod-autoscaler-controller).
 *
 * <p>One sync of an autoscaler:
 *
 * <pre>
 *   read the scale ──► read metrics ──► hold, limit ──► write the scale ──► write the status
 *                   (an error ends it, in a condition)   (if it differs)      (if it differs)
 * </pre>
 *
 * The next sync keeps a run going only as long as something comes of it: an autoscaler that is
 * content, and has been, is no reason to wait.
 */
public final class HorizontalPodAutoscalerController implements Component {
  private static final String NAME = "horizontal-pod-autoscaler";
  // kube-controller-manager: --concurrent-horizontal-pod-autoscaler-syncs
  private static final int WORKERS = 5;

  /** For how long a run waits for metrics that there are none of, in nanoseconds. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private static final String ABLE = "AbleToScale";
  private static final String ACTIVE = "ScalingActive";
  private static final String LIMITED = "ScalingLimited";

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final MetricsApi metrics;
  private final PodAutoscalerOptions options;
  private final Consumer<ReplicaDecision> decisions;
  private final ReplicaCalculator calculator;
  private final Informer<HorizontalPodAutoscaler> autoscalers;
  private final Informer<Pod> pods;
  private final Informer<GenericObject> definitions;
  private final WorkQueue<ObjectKey> queue;
  private final Map<ObjectKey, Tracked> tracked = new HashMap<>();
  private final SelectorIndex selectors = new SelectorIndex();

  private final long[] syncs;
  private final long[] scaledUp;
  private final long[] scaledDown;

  /** An autoscaler, and what it did. */
  private static final class Tracked {
    private final ScalingHistory history = new ScalingHistory();
    private @Nullable LabelSelector selector;
    private Selector parsed = Selector.nothing();

    /** Labels of pods that no other autoscaler selects, and of which version of the index. */
    private @Nullable ImmutableMap<String, String> own;

    private long ownVersion;
    private long timer;
    private boolean working;
  }

  /** A controller that does nothing before its start, and of whose decisions nobody is told. */
  public HorizontalPodAutoscalerController(ComponentContext context, PodAutoscalerOptions options) {
    this(context, options, decision -> {});
  }

  /**
   * A controller that does nothing before its start.
   *
   * @param decisions is told what came of each look at a workload
   */
  public HorizontalPodAutoscalerController(
      ComponentContext context, PodAutoscalerOptions options, Consumer<ReplicaDecision> decisions) {
    this.decisions = decisions;
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.metrics = context.metrics();
    this.options = options;
    this.calculator = new ReplicaCalculator(options);
    this.autoscalers = context.informers().informer(Kinds.HORIZONTAL_POD_AUTOSCALER);
    this.pods = context.informers().informer(Kinds.POD);
    this.definitions = context.informers().informer(ScaleTarget.DEFINITION);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.scaledUp = recorder.counter(NAME + "/scaledUp");
    this.scaledDown = recorder.counter(NAME + "/scaledDown");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    autoscalers.addHandler(
        new WatchListener<HorizontalPodAutoscaler>() {
          @Override
          public void added(HorizontalPodAutoscaler autoscaler) {
            ObjectKey key = ObjectKey.of(autoscaler);
            Tracked added = new Tracked();
            tracked.put(key, added);
            next(key, added, false);
          }

          @Override
          public void modified(
              HorizontalPodAutoscaler previous, HorizontalPodAutoscaler autoscaler) {
            if (!Objects.equals(previous.metadata().uid(), autoscaler.metadata().uid())) {
              deleted(previous);
              added(autoscaler);
            } else if (!previous.spec().equals(autoscaler.spec())) {
              ObjectKey key = ObjectKey.of(autoscaler);
              next(key, Objects.requireNonNull(tracked.get(key)), false);
            }
          }

          @Override
          public void deleted(HorizontalPodAutoscaler last) {
            ObjectKey key = ObjectKey.of(last);
            Tracked gone = tracked.remove(key);
            if (gone != null) {
              simulation.cancel(gone.timer);
              if (gone.selector != null) {
                selectors.remove(key, gone.selector);
              }
            }
          }
        });
  }

  /** Sees to it that an autoscaler is looked at once more, a period from now. */
  private void next(ObjectKey key, Tracked autoscaler, boolean content) {
    if (autoscaler.working) {
      return;
    }
    if (autoscaler.timer != 0) {
      simulation.cancel(autoscaler.timer);
    }
    Runnable look =
        () -> {
          autoscaler.timer = 0;
          queue.add(key);
        };
    autoscaler.timer =
        content
            ? simulation.scheduleBackground(options.syncPeriodNanos(), look)
            : simulation.schedule(options.syncPeriodNanos(), look);
  }

  /** A sync under way. */
  private static final class Sync {
    private final ObjectKey key;
    private final HorizontalPodAutoscaler autoscaler;
    private final Tracked tracked;
    private final StatusUpdate status;
    private final WorkQueue.Done done;
    private ImmutableList<ReplicaDecision.Metric> measured = ImmutableList.of();
    private int proposed;
    private String held = "";
    private String limited = "";
    private boolean scaled;

    Sync(
        ObjectKey key,
        HorizontalPodAutoscaler autoscaler,
        Tracked tracked,
        long nowNanos,
        WorkQueue.Done done) {
      this.key = key;
      this.autoscaler = autoscaler;
      this.tracked = tracked;
      this.status = new StatusUpdate(autoscaler, nowNanos);
      this.done = done;
    }

    int min() {
      Integer min = autoscaler.spec().minReplicas();
      return min == null ? 1 : min;
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    HorizontalPodAutoscaler autoscaler = autoscalers.get(key);
    Tracked known = tracked.get(key);
    if (autoscaler == null || known == null) {
      done.done(true);
      return;
    }
    syncs[0]++;
    known.working = true;
    Sync sync = new Sync(key, autoscaler, known, simulation.epochNanos(), done);
    CrossVersionObjectReference reference = autoscaler.spec().scaleTargetRef();
    Kind<?> kind = ScaleTarget.kind(reference);
    if (kind == null) {
      String apiVersion = reference.apiVersion();
      noScale(
          sync,
          "no matches for kind \"%s\" in group \"%s\""
              .formatted(reference.kind(), Kinds.group(apiVersion == null ? "v1" : apiVersion)));
      return;
    }
    read(sync, kind, new ObjectKey(key.namespace(), reference.name()));
  }

  private <T extends KubeObject> void read(Sync sync, Kind<T> kind, ObjectKey target) {
    client.get(
        kind,
        target,
        (object, error) -> {
          ScaleTarget scale;
          try {
            scale = object == null ? null : ScaleTarget.of(object, definitions::list);
          } catch (ApiException e) {
            noScale(sync, String.valueOf(e.getMessage()));
            return;
          }
          if (scale == null) {
            noScale(
                sync,
                error == null
                    ? "the server could not find the requested resource"
                    : String.valueOf(error.getMessage()));
          } else {
            decide(sync, scale);
          }
        });
  }

  private void noScale(Sync sync, String why) {
    event(sync, "Warning", "FailedGetScale", why);
    sync.status.condition(
        ABLE,
        false,
        "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: " + why);
    write(sync);
  }

  private void decide(Sync sync, ScaleTarget scale) {
    int current = scale.specReplicas();
    int max = sync.autoscaler.spec().maxReplicas();
    sync.status.condition(
        ABLE,
        true,
        "SucceededGetScale",
        "the HPA controller was able to get the target's current scale");
    if (sync.tracked.history.isEmpty()) {
      sync.tracked.history.recommended(current, simulation.nanos());
    }
    if (current == 0 && sync.min() != 0) {
      sync.status.condition(
          ACTIVE,
          false,
          "ScalingDisabled",
          "scaling is disabled since the replica count of the target is zero");
      sync.status.replicas(current, current);
      sync.status.metrics(ImmutableList.of());
      sync.proposed = current;
      tell(sync, current, current, "", "");
      write(sync);
    } else if (current > max) {
      sync.proposed = max;
      scale(
          sync,
          scale,
          max,
          "Current number of replicas above Spec.MaxReplicas",
          ImmutableList.of());
    } else if (current < sync.min()) {
      sync.proposed = sync.min();
      scale(
          sync,
          scale,
          sync.min(),
          "Current number of replicas below Spec.MinReplicas",
          ImmutableList.of());
    } else {
      measure(sync, scale);
    }
  }

  private void measure(Sync sync, ScaleTarget scale) {
    int current = scale.specReplicas();
    LabelSelector selector = scale.selector();
    List<Pod> selected = new ArrayList<>(Math.max(10, current));
    String problem = select(sync, selector, selected);
    if (problem != null) {
      failed(sync, scale, problem);
      return;
    }
    MetricReading reading =
        new MetricReading(
            metrics,
            calculator,
            sync.key.namespace(),
            scale,
            selected,
            tolerances(sync.autoscaler.spec().behavior()),
            simulation.epochNanos());
    ImmutableList<MetricSpec> specs = sync.autoscaler.spec().metrics();
    ImmutableList.Builder<MetricStatus> statuses = ImmutableList.builder();
    ImmutableList.Builder<ReplicaDecision.Metric> measured = ImmutableList.builder();
    int proposed = 0;
    String metric = "";
    int invalid = 0;
    MetricReading.Failed first = null;
    for (MetricSpec spec : specs) {
      try {
        MetricReading.Read read = reading.read(spec);
        statuses.add(read.status());
        measured.add(
            new ReplicaDecision.Metric(
                spec.type(),
                name(spec),
                read.percent(),
                read.value(),
                read.target(),
                read.replicas(),
                ""));
        if (proposed == 0 || read.replicas() > proposed) {
          proposed = read.replicas();
          metric = read.name();
        }
      } catch (MetricReading.Failed e) {
        event(sync, "Warning", e.reason(), e.cause());
        statuses.add(MetricStatusBuilder.builder().type("").build());
        measured.add(
            new ReplicaDecision.Metric(spec.type(), name(spec), false, 0, 0, 0, e.cause()));
        first = first == null ? e : first;
        invalid++;
      }
    }
    sync.measured = measured.build();
    sync.proposed = proposed;
    // Where it comes to nothing the status keeps the metrics of the last time.
    if (first != null && (invalid >= specs.size() || proposed < current)) {
      sync.status.condition(
          ACTIVE,
          false,
          first.reason(),
          "the HPA was unable to compute the replica count: " + first.cause());
      failed(
          sync,
          scale,
          "invalid metrics (%d invalid out of %d), first error is: %s"
              .formatted(invalid, specs.size(), first.getMessage()));
      return;
    }
    sync.status.metrics(statuses.build());
    sync.status.condition(
        ACTIVE,
        true,
        "ValidMetricFound",
        "the HPA was able to successfully calculate a replica count from " + metric);
    Normalization.Outcome outcome =
        Normalization.normalize(
            sync.autoscaler.spec(),
            sync.tracked.history,
            current,
            proposed,
            options,
            simulation.nanos());
    sync.status.condition(ABLE, outcome.ableToScale());
    sync.status.condition(LIMITED, outcome.scalingLimited());
    sync.held = outcome.isHeld() ? outcome.ableToScale().reason() : "";
    sync.limited = outcome.scalingLimited().status() ? outcome.scalingLimited().reason() : "";
    if (outcome.replicas() == current) {
      sync.status.replicas(current, current);
      tell(sync, current, current, "", "");
      write(sync);
    } else {
      scale(
          sync,
          scale,
          outcome.replicas(),
          proposed > current
              ? metric + " above target"
              : proposed < current ? "All metrics below target" : "",
          null);
    }
  }

  /** Finds the pods of the target; what is wrong with its selector, null where nothing is. */
  private @Nullable String select(Sync sync, @Nullable LabelSelector selector, List<Pod> selected) {
    if (selector == null
        || (selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty())) {
      event(sync, "Warning", "SelectorRequired", "selector is required");
      sync.status.condition(
          ACTIVE, false, "InvalidSelector", "the HPA target's scale is missing a selector");
      return "selector is required";
    }
    if (!selector.equals(sync.tracked.selector)) {
      if (sync.tracked.selector != null) {
        selectors.remove(sync.key, sync.tracked.selector);
      }
      selectors.put(sync.key, selector);
      sync.tracked.selector = selector;
      sync.tracked.parsed = Selector.of(selector);
    }
    Selector parsed = sync.tracked.parsed;
    pods.forEachSelected(sync.key.namespace(), parsed, selected::add);
    Set<ObjectKey> selecting = selecting(sync.key.namespace(), selected, sync.tracked);
    if (selecting.size() > 1) {
      String problem =
          "pods by selector "
              + parsed
              + " are controlled by multiple HPAs: ["
              + String.join(" ", selecting.stream().map(ObjectKey::toString).toList())
              + "]";
      event(sync, "Warning", "AmbiguousSelector", problem);
      sync.status.condition(ACTIVE, false, "AmbiguousSelector", problem);
      return problem;
    }
    return null;
  }

  /**
   * The autoscalers that select any of these pods; none where it is known that they are one's own.
   */
  @SuppressWarnings("ReferenceEquality") // The pods of a template share their labels.
  private Set<ObjectKey> selecting(
      @Nullable String namespace, List<Pod> selected, Tracked autoscaler) {
    TreeSet<ObjectKey> selecting = new TreeSet<>();
    ImmutableMap<String, String> last =
        autoscaler.ownVersion == selectors.version() ? autoscaler.own : null;
    for (Pod pod : selected) {
      if (pod.metadata().labels() != last) {
        last = pod.metadata().labels();
        selecting.addAll(selectors.selecting(namespace, last));
      }
    }
    if (selecting.size() == 1) {
      autoscaler.own = last;
      autoscaler.ownVersion = selectors.version();
    }
    return selecting;
  }

  private Tolerances tolerances(@Nullable HorizontalPodAutoscalerBehavior behavior) {
    return new Tolerances(
        tolerance(behavior == null ? null : behavior.scaleDown()),
        tolerance(behavior == null ? null : behavior.scaleUp()));
  }

  private double tolerance(@Nullable HPAScalingRules rules) {
    Quantity tolerance = rules == null ? null : rules.tolerance();
    return tolerance == null || !options.configurableTolerance()
        ? options.tolerance()
        : tolerance.milliValue() / 1000.0;
  }

  private void failed(Sync sync, ScaleTarget scale, String why) {
    sync.status.replicas(scale.specReplicas());
    sync.proposed = scale.specReplicas();
    tell(sync, scale.specReplicas(), scale.specReplicas(), "", why);
    event(sync, "Warning", "FailedComputeMetricsReplicas", why);
    write(sync);
  }

  private void scale(
      Sync sync,
      ScaleTarget scale,
      int desired,
      String reason,
      @Nullable ImmutableList<MetricStatus> metricStatuses) {
    int current = scale.specReplicas();
    if (metricStatuses != null) {
      sync.status.metrics(metricStatuses);
    }
    client.update(
        scale.scaledTo(desired),
        (object, error) -> {
          if (error != null) {
            event(
                sync,
                "Warning",
                "FailedRescale",
                "New size: %d; reason: %s; error: %s"
                    .formatted(desired, reason, error.getMessage()));
            sync.status.condition(
                ABLE,
                false,
                "FailedUpdateScale",
                "the HPA controller was unable to update the target scale: " + error.getMessage());
            sync.status.replicas(current);
            tell(sync, current, current, reason, String.valueOf(error.getMessage()));
          } else {
            (desired > current ? scaledUp : scaledDown)[0]++;
            sync.scaled = true;
            sync.status.condition(
                ABLE,
                true,
                "SucceededRescale",
                "the HPA controller was able to update the target scale to " + desired);
            event(
                sync,
                "Normal",
                "SuccessfulRescale",
                "New size: %d; reason: %s".formatted(desired, reason));
            remember(sync, current, desired);
            sync.status.replicas(current, desired);
            sync.status.scaled();
            tell(sync, current, desired, reason, "");
          }
          write(sync);
        });
  }

  private static String name(MetricSpec metric) {
    ResourceMetricSource resource = metric.resource();
    ContainerResourceMetricSource container = metric.containerResource();
    PodsMetricSource perPod = metric.pods();
    ObjectMetricSource object = metric.object();
    ExternalMetricSource external = metric.external();
    return resource != null
        ? resource.name()
        : container != null
            ? container.name() + " of " + container.container()
            : perPod != null
                ? perPod.metric().name()
                : object != null
                    ? object.metric().name()
                    : external != null ? external.metric().name() : "";
  }

  private void tell(Sync sync, int current, int desired, String reason, String problem) {
    CrossVersionObjectReference target = sync.autoscaler.spec().scaleTargetRef();
    decisions.accept(
        new ReplicaDecision(
            simulation.nanos(),
            sync.key,
            target.kind() + "/" + target.name(),
            current,
            sync.measured,
            sync.proposed,
            desired,
            reason,
            sync.held,
            sync.limited,
            problem));
  }

  private void remember(Sync sync, int current, int desired) {
    HorizontalPodAutoscalerBehavior behavior = sync.autoscaler.spec().behavior();
    if (behavior != null) {
      sync.tracked.history.scaled(
          current,
          desired,
          desired > current ? Normalization.up(behavior) : Normalization.down(behavior),
          simulation.nanos());
    }
  }

  private void write(Sync sync) {
    HorizontalPodAutoscalerStatus status = sync.status.toWrite();
    if (status == null) {
      finish(sync, false);
      return;
    }
    client.updateStatus(
        sync.autoscaler.withStatus(status),
        (object, error) -> {
          if (error != null) {
            event(sync, "Warning", "FailedUpdateStatus", String.valueOf(error.getMessage()));
          }
          finish(sync, true);
        });
  }

  private void finish(Sync sync, boolean wrote) {
    sync.tracked.working = false;
    sync.done.done(true);
    if (isSame(tracked.get(sync.key), sync.tracked)) {
      next(sync.key, sync.tracked, !wrote && !sync.scaled && isContent(sync.status));
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(@Nullable Tracked a, Tracked b) {
    return a == b;
  }

  /** Whether nothing will come of another look, as long as nothing changes. */
  private boolean isContent(StatusUpdate status) {
    Condition active = status.condition(ACTIVE);
    Condition able = status.condition(ABLE);
    Condition limited = status.condition(LIMITED);
    boolean waitsForMetrics =
        active != null
            && active.status() == ConditionStatus.FALSE
            && active.lastTransitionTime() != Timestamps.NONE
            && simulation.epochNanos() - active.lastTransitionTime() < PATIENCE_NANOS;
    boolean held = able != null && String.valueOf(able.reason()).endsWith("Stabilized");
    boolean slowed =
        limited != null
            && (Objects.equals(limited.reason(), "ScaleUpLimit")
                || Objects.equals(limited.reason(), "ScaleDownLimit"));
    return !waitsForMetrics && !held && !slowed;
  }

  private void event(Sync sync, String type, String reason, String message) {
    recorder.event(sync.autoscaler, NAME, type, reason, message);
  }
}
