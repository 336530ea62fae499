package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Uid;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.verticalpodautoscaler.Recommending.Recommendation;
import io.towtank.metrics.MetricsApi;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Recommends requests, once a minute, for the pods of each VerticalPodAutoscaler
 * (vertical-pod-autoscaler: routines/recommender.go). What it has learnt of containers it writes
 * down in checkpoints, from which one that is started anew begins.
 *
 * <p>Its rounds keep a run going until an autoscaler is given what there is to be said of it, or
 * has waited for a while.
 */
public final class VerticalPodAutoscalerRecommender implements Component {
  /** Its name, also among controllers. */
  public static final String NAME = "vpa-recommender";

  // --recommender-interval
  private static final long INTERVAL_NANOS = 60_000_000_000L;

  /** For how many rounds a run waits for what an autoscaler will say. */
  private static final int PATIENCE = 3;

  private final ComponentContext context;
  private final Simulation simulation;
  private final TargetPods.Lookup lookup;
  private final Checkpoints checkpoints;
  private final Informer<GenericObject> autoscalers;
  private final Map<ObjectKey, Tracked> tracked = new TreeMap<>();
  private final List<OutOfMemory> outOfMemory = new ArrayList<>();
  private final long[] rounds;
  private final long[] written;
  private @Nullable Informer<Pod> pods;
  private boolean waiting;
  private boolean loaded;

  /** A container of a pod. */
  private record Instance(Uid pod, String container) {}

  /** A container was killed for want of memory. */
  private record OutOfMemory(Instance instance, long requestBytes, long atNanos) {}

  /** What is known for an autoscaler. */
  private static final class Tracked {
    private final Map<String, ContainerAggregate> aggregates = new TreeMap<>();
    private final Map<Instance, ContainerSamples> samples = new LinkedHashMap<>();
    private int rounds;
    private boolean provided;
  }

  /** A recommender that does nothing before its start. */
  public VerticalPodAutoscalerRecommender(ComponentContext context) {
    this.context = context;
    this.simulation = context.simulation();
    this.lookup = TargetPods.Lookup.in(context.informers());
    this.checkpoints = new Checkpoints(context);
    this.autoscalers = context.informers().informer(Kinds.VERTICAL_POD_AUTOSCALER);
    this.rounds = context.recorder().counter(NAME + "/rounds");
    this.written = context.recorder().counter(NAME + "/statusesWritten");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    autoscalers.addHandler(
        new WatchListener<GenericObject>() {
          @Override
          public void added(GenericObject autoscaler) {
            if (isMine(autoscaler)) {
              tracked.put(ObjectKey.of(autoscaler), new Tracked());
              watchPods();
              next();
            }
          }

          @Override
          public void modified(GenericObject previous, GenericObject autoscaler) {
            if (!isMine(autoscaler)) {
              deleted(autoscaler);
            } else if (!tracked.containsKey(ObjectKey.of(autoscaler))
                || !Objects.equals(previous.metadata().uid(), autoscaler.metadata().uid())) {
              added(autoscaler);
            }
          }

          @Override
          public void deleted(GenericObject last) {
            tracked.remove(ObjectKey.of(last));
          }
        });
  }

  /** Whether an autoscaler leaves it to the usual recommender (filterVPAs). */
  private static boolean isMine(GenericObject autoscaler) {
    JsonNode spec = autoscaler.content().get("spec");
    JsonNode recommenders = spec == null ? null : spec.get("recommenders");
    if (recommenders == null || recommenders.isEmpty()) {
      return true;
    }
    for (JsonNode recommender : recommenders) {
      if (recommender.path("name").asText().equals("default")) {
        return true;
      }
    }
    return false;
  }

  private void watchPods() {
    if (pods != null) {
      return;
    }
    Informer<Pod> informer = context.informers().informer(Kinds.POD);
    pods = informer;
    informer.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {}

          @Override
          public void modified(Pod previous, Pod pod) {
            noteOutOfMemory(previous, pod);
          }

          @Override
          public void deleted(Pod last) {}
        });
  }

  // Pods share nothing of their containers' statuses but where nothing has changed.
  @SuppressWarnings("ReferenceEquality")
  private void noteOutOfMemory(Pod previous, Pod pod) {
    ImmutableList<ContainerStatus> before = previous.status().containerStatuses();
    ImmutableList<ContainerStatus> after = pod.status().containerStatuses();
    Uid uid = pod.metadata().uid();
    if (before == after || tracked.isEmpty() || uid == null) {
      return;
    }
    for (ContainerStatus status : after) {
      ContainerStateTerminated killed = killed(ContainerStatus.find(before, status.name()), status);
      if (killed != null) {
        outOfMemory.add(
            new OutOfMemory(
                new Instance(uid, status.name()),
                requestMilli(find(pod, status.name()), "memory") / 1000,
                killed.finishedAt()));
      }
    }
  }

  /**
   * How a container was killed for want of memory just now; null where it was not (oom.Observer).
   */
  static @Nullable ContainerStateTerminated killed(
      @Nullable ContainerStatus before, ContainerStatus after) {
    if (before == null) {
      return null;
    }
    ContainerStateTerminated now = terminated(after.state());
    boolean again = after.restartCount() > before.restartCount();
    if (isOutOfMemory(now) && (terminated(before.state()) == null || again)) {
      return now;
    }
    ContainerStateTerminated last = terminated(after.lastState());
    return again && isRunning(after) && isRunning(before) && isOutOfMemory(last) ? last : null;
  }

  private static @Nullable ContainerStateTerminated terminated(@Nullable ContainerState state) {
    return state == null ? null : state.terminated();
  }

  private static boolean isOutOfMemory(@Nullable ContainerStateTerminated end) {
    return end != null && "OOMKilled".equals(end.reason());
  }

  private static boolean isRunning(ContainerStatus status) {
    ContainerState state = status.state();
    return state != null && state.running() != null;
  }

  private static @Nullable Container find(Pod pod, String name) {
    for (Container container : pod.spec().containers()) {
      if (container.name().equals(name)) {
        return container;
      }
    }
    return null;
  }

  private static long requestMilli(@Nullable Container container, String resource) {
    ResourceRequirements resources = container == null ? null : container.resources();
    Quantity request = resources == null ? null : resources.requests().get(resource);
    return request == null ? 0 : request.milliValue();
  }

  private void next() {
    if (waiting || (tracked.isEmpty() && !checkpoints.exist())) {
      return;
    }
    waiting = true;
    Runnable round =
        () -> {
          waiting = false;
          round();
          next();
        };
    boolean awaited =
        tracked.values().stream().anyMatch(one -> !one.provided && one.rounds < PATIENCE);
    if (awaited) {
      simulation.schedule(INTERVAL_NANOS, round);
    } else {
      simulation.scheduleBackground(INTERVAL_NANOS, round);
    }
  }

  private void round() {
    rounds[0]++;
    if (!loaded) {
      // Only of autoscalers that are there at the start (InitFromCheckpoints).
      tracked.forEach((key, known) -> known.aggregates.putAll(checkpoints.load(key)));
      loaded = true;
    }
    long now = simulation.epochNanos();
    tracked.forEach((key, known) -> {
      GenericObject autoscaler = autoscalers.get(key);
      if (autoscaler != null) {
        look(key, autoscaler, known);
        known.aggregates.forEach((container, aggregate) ->
            checkpoints.write(key, container, aggregate, known.samples.values(), now));
      }
    });
    outOfMemory.clear();
    checkpoints.collectGarbage(autoscalers, now);
  }

  private void look(ObjectKey key, GenericObject autoscaler, Tracked known) {
    known.rounds++;
    TargetPods target = TargetPods.of(autoscaler, lookup);
    List<Pod> matched = new ArrayList<>();
    Objects.requireNonNull(pods)
        .forEachSelected(
            key.namespace(),
            target.selector(),
            pod -> {
              if (pod.status().phase() != PodPhase.PENDING) {
                matched.add(pod);
              }
            });
    Set<Instance> seen = new HashSet<>();
    for (Pod pod : matched) {
      Uid uid = pod.metadata().uid();
      if (uid != null) {
        for (Container container : pod.spec().containers()) {
          Instance instance = new Instance(uid, container.name());
          seen.add(instance);
          sample(pod, container, instance, known);
        }
      }
    }
    for (OutOfMemory one : outOfMemory) {
      ContainerSamples samples = known.samples.get(one.instance);
      if (samples != null) {
        samples.oom(one.requestBytes, one.atNanos);
      }
    }
    known.samples.keySet().retainAll(seen);
    long now = simulation.epochNanos();
    known.aggregates.values().removeIf(aggregate -> aggregate.isExpired(now));
    write(autoscaler, target.problem(), !matched.isEmpty(), recommend(autoscaler, known));
  }

  private void sample(Pod pod, Container container, Instance instance, Tracked known) {
    MetricsApi.Sample cpu = context.metrics().resource(pod, "cpu", container.name());
    MetricsApi.Sample memory = context.metrics().resource(pod, "memory", container.name());
    if (cpu == null || memory == null) {
      return;
    }
    ContainerSamples samples = known.samples.get(instance);
    if (samples == null) {
      samples =
          new ContainerSamples(
              known.aggregates.computeIfAbsent(container.name(), name -> new ContainerAggregate()));
      known.samples.put(instance, samples);
    }
    samples.cpu(cpu.milli(), requestMilli(container, "cpu"), cpu.timestampNanos());
    samples.memory(memory.milli() / 1000, memory.timestampNanos());
  }

  private ImmutableList<Recommendation> recommend(GenericObject autoscaler, Tracked known) {
    JsonNode spec = autoscaler.content().get("spec");
    ResourcePolicy policy;
    try {
      policy = ResourcePolicy.of(spec == null ? null : spec.get("resourcePolicy"));
    } catch (IllegalArgumentException e) {
      context
          .recorder()
          .event(
              autoscaler, NAME, "Warning", "InvalidResourcePolicy", String.valueOf(e.getMessage()));
      policy = ResourcePolicy.NONE;
    }
    ImmutableList<Recommendation> recommendations =
        Recommending.recommend(known.aggregates, policy);
    known.provided = !recommendations.isEmpty();
    return recommendations;
  }

  private void write(
      GenericObject autoscaler,
      @Nullable String problem,
      boolean podsMatched,
      ImmutableList<Recommendation> recommendations) {
    JsonNode before = autoscaler.content().get("status");
    ObjectNode status =
        RecommendationStatus.next(
            before, recommendations, problem, podsMatched, simulation.epochNanos());
    if (!status.equals(before)) {
      written[0]++;
      context
          .client()
          .patchStatus(
              Kinds.VERTICAL_POD_AUTOSCALER,
              ObjectKey.of(autoscaler),
              stored -> stored.with("status", status),
              (stored, error) -> {});
    }
  }
}
