package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.DecisionObserver;
import io.towtank.validation.DidYouMean;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches a run for what is decided about one pod. */
public final class PodExplainer implements RunObserver, DecisionObserver {
  private record Attempt(int count, long atNanos, Decision decision) {}

  private final @Nullable String namespace;
  private final String name;
  private final Map<ObjectKey, Attempt> attempts = new LinkedHashMap<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private @Nullable SimulatedCluster cluster;
  private @Nullable EnvironmentWatch environments;

  /**
   * An explainer for a pod.
   *
   * @param pod its name, or its namespace and name as in {@code default/web-0}
   */
  public PodExplainer(String pod) {
    int slash = pod.indexOf('/');
    this.namespace = slash < 0 ? null : pod.substring(0, slash);
    this.name = pod.substring(slash + 1);
  }

  @Override
  public void begins(SimulatedCluster begun) {
    cluster = begun;
    begun.scheduler().observe(this);
    environments = new EnvironmentWatch(begun, this::wants);
  }

  @Override
  public void ended(SimulatedCluster ended, RunSummary summary) {
    cluster = ended;
  }

  @Override
  public boolean wants(Pod pod) {
    return pod.name().equals(name)
        && (namespace == null || namespace.equals(pod.metadata().namespace()));
  }

  @Override
  public void decided(Pod pod, Decision decision) {
    long now = Objects.requireNonNull(cluster).simulation().nanos();
    attempts.merge(
        ObjectKey.of(pod),
        new Attempt(1, now, decision),
        (before, latest) -> new Attempt(before.count + 1, now, decision));
  }

  /** The pod, as it was asked for. */
  public String pod() {
    return namespace == null ? name : namespace + "/" + name;
  }

  /**
   * What came of it, when the run is over.
   *
   * @throws InvalidInputException where there was no such pod, or there are several
   */
  public PodExplanation explanation() {
    SimulatedCluster run = Objects.requireNonNull(cluster);
    ImmutableList.Builder<Pod> found = ImmutableList.builder();
    for (Pod pod : run.store().list(Kinds.POD)) {
      seen.add(ObjectKey.of(pod).toString());
      if (wants(pod)) {
        found.add(pod);
      }
    }
    ImmutableList<Pod> pods = found.build();
    if (pods.size() > 1) {
      throw new InvalidInputException(
          "there are several pods \""
              + name
              + "\"; say which: "
              + String.join(", ", pods.stream().map(pod -> ObjectKey.of(pod).toString()).toList()));
    }
    return pods.isEmpty() ? ofGone() : of(run, pods.getFirst());
  }

  private PodExplanation of(SimulatedCluster run, Pod pod) {
    Attempt attempt = attempts.get(ObjectKey.of(pod));
    int count = attempt == null ? 0 : attempt.count;
    if (pod.nodeName() == null) {
      // It still waits: what holds now tells more than what held at its last attempt.
      return PodExplanation.asThingsAre(run, pod, count);
    }
    return new PodExplanation(
        ObjectKey.of(pod).toString(),
        PodExplanation.scheduler(pod),
        pod.nodeName(),
        count,
        attempt == null ? 0 : attempt.atNanos,
        attempt == null ? null : attempt.decision,
        ImmutableList.of(),
        Objects.requireNonNull(environments).of(pod));
  }

  /** A pod that is no more is explained by the last decision about it. */
  private PodExplanation ofGone() {
    for (Map.Entry<ObjectKey, Attempt> last : attempts.entrySet()) {
      Attempt attempt = last.getValue();
      return new PodExplanation(
          last.getKey().toString(),
          "default-scheduler",
          attempt.decision.bound(),
          attempt.count,
          attempt.atNanos,
          attempt.decision,
          ImmutableList.of(),
          ImmutableList.of());
    }
    String wanted = pod();
    Set<String> names = new LinkedHashSet<>(seen);
    if (namespace == null) {
      seen.forEach(pod -> names.add(pod.substring(pod.indexOf('/') + 1)));
      names.removeAll(seen);
    }
    String advice = DidYouMean.advice(wanted, names);
    throw new InvalidInputException(
        "there is no pod \"" + wanted + "\" in this run" + (advice == null ? "" : "; " + advice));
  }
}
