package io.towtank.controllers.disruption;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Selector;
import io.towtank.api.StatefulSet;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.controllers.workload.SelectorIndex;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the status of PodDisruptionBudgets (kube-controller-manager: disruption-controller).
 *
 * <p>A pod's change costs a look at the budgets that select it, and where it changes no count,
 * nothing more.
 *
 * <pre>
 *   eviction API ──disruptedPods, one fewer allowed──► budget ◄──counts anew── this controller
 *        │                                                                        ▲
 *        └──deletes──► pod ──gone, or still there after 2 min (NotDeleted)────────┘
 * </pre>
 */
public final class DisruptionController implements Component {
  private static final String NAME = "disruption-controller";
  // --concurrent-disruption-syncs does not exist: one worker.
  private static final int WORKERS = 1;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<PodDisruptionBudget> budgets;
  private final Informer<Pod> pods;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<Deployment> deployments;
  private final Informer<StatefulSet> statefulSets;
  private final WorkQueue<ObjectKey> queue;
  private final WorkQueue<ObjectKey> stalePods;
  private final SelectorIndex selectors = new SelectorIndex();
  private final Map<ObjectKey, GuardedPods> guarded = new HashMap<>();
  private final long[] syncs;
  private final long[] statusUpdates;

  /** A controller that does nothing before its start. */
  public DisruptionController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.budgets = context.informers().informer(Kinds.POD_DISRUPTION_BUDGET);
    this.pods = context.informers().informer(Kinds.POD);
    this.replicaSets = context.informers().informer(Kinds.REPLICA_SET);
    this.deployments = context.informers().informer(Kinds.DEPLOYMENT);
    this.statefulSets = context.informers().informer(Kinds.STATEFUL_SET);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.stalePods = new WorkQueue<>(simulation, WORKERS, this::clearStaleCondition);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    budgets.addHandler(new BudgetHandler());
    pods.addHandler(new PodHandler());
  }

  private final class BudgetHandler implements WatchListener<PodDisruptionBudget> {
    @Override
    public void added(PodDisruptionBudget budget) {
      ObjectKey key = ObjectKey.of(budget);
      GuardedPods all = new GuardedPods();
      guarded.put(key, all);
      LabelSelector selector = budget.spec().selector();
      if (selector != null) {
        selectors.put(key, selector);
        pods.forEachSelected(key.namespace(), Selector.of(selector), all::put);
      }
      queue.add(key);
    }

    @Override
    public void modified(PodDisruptionBudget previous, PodDisruptionBudget budget) {
      if (String.valueOf(previous.spec().selector())
          .equals(String.valueOf(budget.spec().selector()))) {
        queue.add(ObjectKey.of(budget));
      } else {
        deleted(previous);
        added(budget);
      }
    }

    @Override
    public void deleted(PodDisruptionBudget last) {
      ObjectKey key = ObjectKey.of(last);
      guarded.remove(key);
      LabelSelector selector = last.spec().selector();
      if (selector != null) {
        selectors.remove(key, selector);
      }
      queue.forget(key);
    }
  }

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      put(pod);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void modified(Pod previous, Pod pod) {
      if (previous.metadata().labels() != pod.metadata().labels()
          && !previous.metadata().labels().equals(pod.metadata().labels())) {
        deleted(previous);
      }
      put(pod);
    }

    @Override
    public void deleted(Pod last) {
      for (ObjectKey key :
          selectors.selecting(last.metadata().namespace(), last.metadata().labels())) {
        GuardedPods all = guarded.get(key);
        if (all != null && all.remove(last.name())) {
          queue.add(key);
        }
      }
    }

    private void put(Pod pod) {
      for (ObjectKey key :
          selectors.selecting(pod.metadata().namespace(), pod.metadata().labels())) {
        GuardedPods all = guarded.get(key);
        if (all != null && all.put(pod)) {
          queue.add(key);
        }
      }
      PodCondition condition = staleable(pod);
      if (condition != null) {
        stalePods.addAfter(
            ObjectKey.of(pod),
            condition.lastTransitionTime()
                + BudgetSync.DELETION_TIMEOUT_NANOS
                - simulation.epochNanos());
      }
    }
  }

  // ----------------------------------------------------------------------------------- budgets

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    PodDisruptionBudget budget = budgets.get(key);
    GuardedPods all = guarded.get(key);
    if (budget == null || all == null) {
      done.done(true);
      return;
    }
    if (all.size() == 0) {
      event(budget, "Normal", "NoPods", "No matching pods found");
    }
    BudgetSync.Expectation expectation;
    try {
      expectation =
          BudgetSync.expectation(
              budget.spec(),
              all.size(),
              BudgetSync.needsScale(budget.spec()) ? scale(budget, all) : 0);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      event(
          budget,
          "Warning",
          "CalculateExpectedPodCountFailed",
          "Failed to calculate the number of expected pods: " + why);
      write(
          budget,
          BudgetSync.failed(budget, why, simulation.epochNanos()),
          written -> done.done(false));
      return;
    }
    long now = simulation.epochNanos();
    ImmutableMap<String, Long> before = BudgetSync.disrupted(budget);
    Map<String, Long> disrupted = new LinkedHashMap<>();
    int healthy = all.healthy();
    long recheck = Long.MAX_VALUE;
    for (Map.Entry<String, Long> entry : before.entrySet()) {
      Pod pod = all.get(entry.getKey());
      if (pod == null || GuardedPods.isEnding(pod)) {
        continue;
      }
      long expires = entry.getValue() + BudgetSync.DELETION_TIMEOUT_NANOS;
      if (expires < now) {
        event(
            pod,
            "Warning",
            "NotDeleted",
            "Pod was expected by PDB %s/%s to be deleted but it wasn't"
                .formatted(key.namespace(), budget.name()));
        continue;
      }
      disrupted.put(entry.getKey(), entry.getValue());
      recheck = Math.min(recheck, expires);
      if (expires > now && GuardedPods.isHealthy(pod)) {
        healthy--;
      }
    }
    PodDisruptionBudgetStatus status =
        BudgetSync.status(budget, expectation, healthy, ImmutableMap.copyOf(disrupted), now);
    long recheckAfter = recheck - now;
    boolean waits = recheck != Long.MAX_VALUE;
    Finish finish =
        succeeded -> {
          if (succeeded && waits) {
            queue.addAfter(key, recheckAfter + 1);
          }
          done.done(succeeded);
        };
    if (BudgetSync.same(budget.status(), status)) {
      finish.finish(true);
    } else {
      write(budget, status, finish);
    }
  }

  /** Is told whether a status could be written. */
  @FunctionalInterface
  private interface Finish {
    void finish(boolean succeeded);
  }

  private void write(PodDisruptionBudget budget, PodDisruptionBudgetStatus status, Finish finish) {
    // An eviction may have charged the budget meanwhile: then all is counted anew.
    client.updateStatus(
        budget.withStatus(status),
        (written, error) -> {
          if (error == null) {
            statusUpdates[0]++;
          }
          finish.finish(error == null);
        });
  }

  /**
   * How many pods their owners want together (getExpectedScale).
   *
   * @throws IllegalArgumentException where that cannot be told of one
   */
  private int scale(PodDisruptionBudget budget, GuardedPods all) {
    if (all.unmanaged() > 0) {
      event(
          budget,
          "Warning",
          "UnmanagedPods",
          "Pods selected by this PodDisruptionBudget were found to be unmanaged. As a result, the"
              + " status of the PDB cannot be calculated correctly, which may result in undefined"
              + " behavior. To account for these pods please set \".spec.minAvailable\" field of"
              + " the PDB to an integer value.");
    }
    Map<Uid, Integer> scales = new LinkedHashMap<>();
    String namespace = budget.metadata().namespace();
    for (GuardedPods.Owner owner : all.owners()) {
      addScale(namespace, owner.reference(), scales);
    }
    int sum = 0;
    for (int scale : scales.values()) {
      sum += scale;
    }
    return sum;
  }

  private void addScale(
      @Nullable String namespace, OwnerReference owner, Map<Uid, Integer> scales) {
    ObjectKey key = new ObjectKey(namespace, owner.name());
    if (owner.kind().equals(Kinds.REPLICA_SET.name())) {
      ReplicaSet set = known(replicaSets.get(key), owner);
      OwnerReference above = ControllerRefs.of(set.metadata());
      if (above == null || !above.kind().equals(Kinds.DEPLOYMENT.name())) {
        scales.put(owner.uid(), orOne(set.spec().replicas()));
        return;
      }
      Deployment deployment = known(deployments.get(new ObjectKey(namespace, above.name())), above);
      scales.put(above.uid(), orOne(deployment.spec().replicas()));
    } else if (owner.kind().equals(Kinds.STATEFUL_SET.name())) {
      scales.put(owner.uid(), orOne(known(statefulSets.get(key), owner).spec().replicas()));
    } else {
      Kind<?> kind = Kinds.of(owner.apiVersion(), owner.kind());
      throw new IllegalArgumentException(
          kind.plural()
              + (kind.group().isEmpty() ? "" : "." + kind.group())
              + " does not implement the scale subresource");
    }
  }

  private static int orOne(@Nullable Integer replicas) {
    return replicas == null ? 1 : replicas;
  }

  private static <T extends KubeObject> T known(@Nullable T object, OwnerReference owner) {
    if (object == null || !owner.uid().equals(object.metadata().uid())) {
      throw new IllegalArgumentException(
          "found no controller " + owner.kind() + " " + owner.name());
    }
    return object;
  }

  // -------------------------------------------------------------- pods that were to go and stay

  /** The condition of a pod that is about to be ended and may not be (KEP-3329). */
  private static @Nullable PodCondition staleable(Pod pod) {
    if (GuardedPods.isEnding(pod) || pod.status().phase().isTerminal()) {
      return null;
    }
    PodCondition condition = pod.status().condition(PodConditions.DISRUPTION_TARGET);
    return condition == null
            || condition.status() != ConditionStatus.TRUE
            || "TerminationByKubelet".equals(condition.reason())
        ? null
        : condition;
  }

  /** Takes the condition back where the pod is still there after two minutes. */
  private void clearStaleCondition(ObjectKey key, WorkQueue.Done done) {
    Pod pod = pods.get(key);
    PodCondition condition = pod == null ? null : staleable(pod);
    if (condition == null) {
      done.done(true);
      return;
    }
    long due = condition.lastTransitionTime() + BudgetSync.DELETION_TIMEOUT_NANOS;
    long now = simulation.epochNanos();
    if (due > now) {
      stalePods.addAfter(key, due - now);
      done.done(true);
      return;
    }
    client.patchStatus(
        Kinds.POD,
        key,
        current ->
            staleable(current) == null
                ? current
                : current.withStatus(
                    PodConditions.with(
                        current.status(),
                        PodConditions.DISRUPTION_TARGET,
                        ConditionStatus.FALSE,
                        null,
                        null,
                        simulation.epochNanos())),
        (patched, error) ->
            done.done(error == null || error.reason() == ApiException.Reason.NOT_FOUND));
  }

  private void event(KubeObject about, String type, String reason, String message) {
    recorder.event(about, NAME, type, reason, message);
  }
}
