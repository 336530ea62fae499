package io.towtank.controllers.deployment;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Deployment;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.Reply;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Claims;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Orphans;
import io.towtank.controllers.workload.SelectorIndex;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.IdentityMemo;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rolls out the template of each Deployment (kube-controller-manager: deployment-controller).
 *
 * <p>A sync adopts and releases ReplicaSets, has {@link DeploymentSync} decide, and carries out
 * what it says one write after another. The first write that fails ends the sync, and the key is
 * tried again, 15 times at most until something changes.
 */
public final class DeploymentController implements Component {
  private static final String NAME = "deployment-controller";
  // kube-controller-manager: --concurrent-deployment-syncs
  private static final int WORKERS = 5;
  // pkg/controller/deployment: maxRetries
  private static final int MAX_RETRIES = 15;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<Deployment> deployments;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final Map<ObjectKey, Long> progressTimers = new HashMap<>();

  private final Map<Uid, Map<ObjectKey, ReplicaSet>> setsByOwner = new HashMap<>();
  private final Orphans<ReplicaSet> orphans = new Orphans<>();
  private final SelectorIndex selectors = new SelectorIndex();
  private final IdentityMemo<LabelSelector, Selector> parsed =
      new IdentityMemo<>(1 << 12, Selector::of);
  // Pods that are not at their end, by their ReplicaSet: Recreate waits for them.
  private final Map<Uid, Integer> runningPods = new HashMap<>();

  private final long[] syncs;
  private final long[] conflicts;
  private final long[] replicaSetsCreated;
  private final long[] replicaSetsScaled;
  private final long[] replicaSetsDeleted;
  private final long[] statusUpdates;

  /** A controller that does nothing before its start. */
  public DeploymentController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.deployments = context.informers().informer(Kinds.DEPLOYMENT);
    this.replicaSets = context.informers().informer(Kinds.REPLICA_SET);
    this.pods = context.informers().informer(Kinds.POD);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.conflicts = recorder.counter(NAME + "/conflicts");
    this.replicaSetsCreated = recorder.counter(NAME + "/replicaSetsCreated");
    this.replicaSetsScaled = recorder.counter(NAME + "/replicaSetsScaled");
    this.replicaSetsDeleted = recorder.counter(NAME + "/replicaSetsDeleted");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    deployments.addHandler(new DeploymentHandler());
    replicaSets.addHandler(new ReplicaSetHandler());
    pods.addHandler(new PodHandler());
  }

  private final class DeploymentHandler implements WatchListener<Deployment> {
    @Override
    public void added(Deployment deployment) {
      ObjectKey key = ObjectKey.of(deployment);
      selectors.put(key, deployment.spec().selector());
      queue.add(key);
    }

    @Override
    public void modified(Deployment previous, Deployment deployment) {
      ObjectKey key = ObjectKey.of(deployment);
      if (!previous.spec().selector().equals(deployment.spec().selector())) {
        selectors.remove(key, previous.spec().selector());
        selectors.put(key, deployment.spec().selector());
      }
      queue.add(key);
    }

    @Override
    public void deleted(Deployment last) {
      ObjectKey key = ObjectKey.of(last);
      selectors.remove(key, last.spec().selector());
      queue.add(key);
    }
  }

  private final class ReplicaSetHandler implements WatchListener<ReplicaSet> {
    @Override
    public void added(ReplicaSet set) {
      OwnerReference owner = ControllerRefs.of(set.metadata());
      if (owner == null) {
        orphans.put(set);
        offer(set);
      } else {
        setsByOwner
            .computeIfAbsent(owner.uid(), u -> new LinkedHashMap<>())
            .put(ObjectKey.of(set), set);
        wake(owner, set);
      }
    }

    @Override
    public void modified(ReplicaSet previous, ReplicaSet set) {
      OwnerReference before = ControllerRefs.of(previous.metadata());
      OwnerReference owner = ControllerRefs.of(set.metadata());
      boolean sameOwner = before == null ? owner == null : before.equals(owner);
      if (owner == null) {
        if (before != null) {
          take(before, previous);
        } else {
          orphans.remove(previous);
        }
        orphans.put(set);
        if (!sameOwner || !previous.metadata().labels().equals(set.metadata().labels())) {
          offer(set);
        }
        return;
      }
      if (before == null) {
        orphans.remove(previous);
      } else if (!sameOwner) {
        take(before, previous);
      }
      setsByOwner
          .computeIfAbsent(owner.uid(), u -> new LinkedHashMap<>())
          .put(ObjectKey.of(set), set);
      wake(owner, set);
    }

    @Override
    public void deleted(ReplicaSet last) {
      OwnerReference owner = ControllerRefs.of(last.metadata());
      if (owner == null) {
        orphans.remove(last);
      } else {
        take(owner, last);
      }
    }

    private void take(OwnerReference owner, ReplicaSet set) {
      Map<ObjectKey, ReplicaSet> sets = setsByOwner.get(owner.uid());
      if (sets != null) {
        sets.remove(ObjectKey.of(set));
        if (sets.isEmpty()) {
          setsByOwner.remove(owner.uid());
        }
      }
      wake(owner, set);
    }

    private void wake(OwnerReference owner, ReplicaSet set) {
      if (owner.kind().equals(Kinds.DEPLOYMENT.name())) {
        ObjectKey key = new ObjectKey(set.metadata().namespace(), owner.name());
        Deployment deployment = deployments.get(key);
        if (deployment != null && ControllerRefs.uid(deployment).equals(owner.uid())) {
          queue.add(key);
        }
      }
    }

    private void offer(ReplicaSet set) {
      selectors.selecting(set.metadata().namespace(), set.metadata().labels()).forEach(queue::add);
    }
  }

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      count(pod, 1);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void modified(Pod previous, Pod pod) {
      if (previous.status().phase().isTerminal() != pod.status().phase().isTerminal()
          || previous.metadata().ownerReferences() != pod.metadata().ownerReferences()) {
        count(pod, 1);
        count(previous, -1);
      }
    }

    @Override
    public void deleted(Pod last) {
      count(last, -1);
    }

    private void count(Pod pod, int change) {
      OwnerReference owner = ControllerRefs.of(pod.metadata());
      if (owner == null
          || pod.status().phase().isTerminal()
          || !owner.kind().equals(Kinds.REPLICA_SET.name())) {
        return;
      }
      Integer left = runningPods.merge(owner.uid(), change, (a, b) -> a + b == 0 ? null : a + b);
      if (left == null) {
        wakeForNoPods(pod.metadata().namespace(), owner);
      }
    }

    /** The last pod of a set is gone, for which Recreate may have waited. */
    private void wakeForNoPods(@Nullable String namespace, OwnerReference owner) {
      ReplicaSet set = replicaSets.get(new ObjectKey(namespace, owner.name()));
      OwnerReference above = set == null ? null : ControllerRefs.of(set.metadata());
      if (above == null || !above.kind().equals(Kinds.DEPLOYMENT.name())) {
        return;
      }
      ObjectKey key = new ObjectKey(namespace, above.name());
      Deployment deployment = deployments.get(key);
      if (deployment != null && Rollout.isRecreate(deployment)) {
        queue.add(key);
      }
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    Deployment deployment = deployments.get(key);
    if (deployment == null) {
      setProgressTimer(key, Timestamps.NONE);
      done.done(true);
      return;
    }
    WorkQueue.Done counted =
        succeeded -> {
          boolean giveUp = !succeeded && queue.retries(key) >= MAX_RETRIES;
          done.done(succeeded || giveUp);
        };
    claim(key, deployment, counted);
  }

  // ------------------------------------------------------------------------- adopt and release

  private void claim(ObjectKey key, Deployment deployment, WorkQueue.Done done) {
    Uid uid = ControllerRefs.uid(deployment);
    Selector selector = parsed.get(deployment.spec().selector());
    List<ReplicaSet> own = new ArrayList<>();
    List<ReplicaSet> toRelease = new ArrayList<>();
    for (ReplicaSet set : setsByOwner.getOrDefault(uid, Map.of()).values()) {
      (selector.matches(set.metadata().labels()) ? own : toRelease).add(set);
    }
    List<ReplicaSet> toAdopt = new ArrayList<>();
    if (deployment.metadata().deletionTimestamp() == Timestamps.NONE) {
      for (ReplicaSet set : orphans.matching(key.namespace(), selector)) {
        if (set.metadata().deletionTimestamp() == Timestamps.NONE) {
          toAdopt.add(set);
        }
      }
    } else {
      toRelease.clear();
    }
    Claims.settle(
        client,
        deployment,
        Kinds.REPLICA_SET,
        toAdopt,
        toRelease,
        (succeeded, adopted, released) -> {
          if (succeeded) {
            own.addAll(adopted);
            decide(key, deployment, own, done);
          } else {
            done.done(false);
          }
        });
  }

  // -------------------------------------------------------------------------- decide and do it

  private void decide(
      ObjectKey key, Deployment deployment, List<ReplicaSet> own, WorkQueue.Done done) {
    DeploymentSync.Decision decision =
        DeploymentSync.decide(
            deployment, own, set -> runningPods.getOrDefault(set, 0) > 0, simulation.epochNanos());
    DeploymentSync.ProgressCheck check = decision.progressCheck();
    if (check != null) {
      setProgressTimer(key, check.afterNanos());
    }
    perform(deployment, decision.actions(), new long[decision.actions().size()], 0, done);
  }

  private void setProgressTimer(ObjectKey key, long afterNanos) {
    Long timer = progressTimers.remove(key);
    if (timer != null) {
      simulation.cancel(timer);
    }
    if (afterNanos != Timestamps.NONE) {
      progressTimers.put(
          key,
          simulation.schedule(
              afterNanos,
              () -> {
                progressTimers.remove(key);
                queue.add(key);
              }));
    }
  }

  /**
   * Performs the actions from the {@code i}-th on.
   *
   * @param versions the resource version that each action before has led to
   */
  private void perform(
      Deployment deployment,
      ImmutableList<DeploymentAction> actions,
      long[] versions,
      int i,
      WorkQueue.Done done) {
    if (i == actions.size()) {
      done.done(true);
      return;
    }
    Runnable next = () -> perform(deployment, actions, versions, i + 1, done);
    switch (actions.get(i)) {
      case DeploymentAction.CreateReplicaSet(ReplicaSet set, String event) ->
          client.create(
              set,
              (created, error) -> {
                if (created != null) {
                  versions[i] = created.resourceVersion();
                  replicaSetsCreated[0]++;
                  scaled(deployment, event);
                  next.run();
                } else if (error != null) {
                  creationFailed(deployment, set, error, done);
                }
              });
      case DeploymentAction.UpdateReplicaSet(ReplicaSet set, int basedOn, String event) ->
          client.update(
              basedOn == DeploymentAction.CACHED ? set : set.withResourceVersion(versions[basedOn]),
              (updated, error) -> {
                if (updated == null) {
                  failed(error, done);
                  return;
                }
                versions[i] = updated.resourceVersion();
                scaled(deployment, event);
                next.run();
              });
      case DeploymentAction.DeleteReplicaSet(ReplicaSet set) ->
          client.delete(
              Kinds.REPLICA_SET,
              ObjectKey.of(set),
              DeleteOptions.DEFAULT,
              (deleted, error) -> {
                if (error != null && !Batches.isGone(error)) {
                  failed(error, done);
                } else {
                  replicaSetsDeleted[0]++;
                  next.run();
                }
              });
      case DeploymentAction.UpdateStatus(Deployment changed) ->
          client.updateStatus(changed, statusReply(next, done));
      case DeploymentAction.Warn(String reason, String message) -> {
        recorder.event(deployment, NAME, "Warning", reason, message);
        next.run();
      }
    }
  }

  private Reply<Deployment> statusReply(Runnable next, WorkQueue.Done done) {
    return (updated, error) -> {
      if (updated == null) {
        failed(error, done);
      } else {
        statusUpdates[0]++;
        next.run();
      }
    };
  }

  private void failed(@Nullable ApiException error, WorkQueue.Done done) {
    if (error != null && error.reason() == ApiException.Reason.CONFLICT) {
      conflicts[0]++;
    }
    done.done(false);
  }

  private void creationFailed(
      Deployment deployment, ReplicaSet set, ApiException error, WorkQueue.Done done) {
    ReplicaSet existing = replicaSets.get(ObjectKey.of(set));
    ImmutableList<DeploymentAction> actions =
        DeploymentSync.creationFailed(deployment, set, error, existing, simulation.epochNanos());
    // Whatever becomes of these, the sync has failed and is tried again.
    perform(deployment, actions, new long[actions.size()], 0, succeeded -> done.done(false));
  }

  private void scaled(Deployment deployment, @Nullable String event) {
    if (event != null) {
      replicaSetsScaled[0]++;
      recorder.event(deployment, NAME, "Normal", "ScalingReplicaSet", event);
    }
  }
}
