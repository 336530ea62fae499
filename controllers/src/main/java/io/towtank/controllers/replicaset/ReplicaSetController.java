package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Claims;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Expectations;
import io.towtank.controllers.workload.PodControl;
import io.towtank.controllers.workload.PodOwnership;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.StatusUpdate;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps as many pods of each ReplicaSet as it asks for (kube-controller-manager:
 * replicaset-controller).
 *
 * <p>One sync of a set:
 *
 * <pre>
 *   claim: adopt and release ──► scale: create in growing batches, or delete ──► write the status
 *          (an error ends it)          (only while no expectation is open)        (if it differs)
 * </pre>
 *
 * Whatever fails is tried again after a back-off, with what the informers know by then.
 */
public final class ReplicaSetController implements Component {
  private static final String NAME = "replicaset-controller";
  // kube-controller-manager: --concurrent-replicaset-syncs
  private static final int WORKERS = 5;

  private final Simulation simulation;
  private final ApiClient client;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final Expectations<ObjectKey> expectations;
  private final PodControl podControl;
  private final Map<Uid, Owner> owners = new HashMap<>();
  private final Map<Uid, Map<Uid, ReplicaSet>> byController = new HashMap<>();
  private final PodOwnership ownership = new PodOwnership(Kinds.REPLICA_SET, new PodObserver());

  private final long[] syncs;
  private final long[] podsAdopted;
  private final long[] podsReleased;
  private final long[] statusUpdates;

  /** A set, by uid: it may not be known yet, or no more, while its pods are. */
  private static final class Owner {
    private final OwnedPods pods = new OwnedPods();
    private @Nullable ReplicaSet replicaSet;
    private @Nullable Pod prototype;
    private @Nullable PodTemplateSpec prototypeOf;
    private boolean lookForOrphans;
    private long availabilityTimer;
  }

  /** A controller that does nothing before its start. */
  public ReplicaSetController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    Recorder recorder = context.recorder();
    this.replicaSets = context.informers().informer(Kinds.REPLICA_SET);
    this.pods = context.informers().informer(Kinds.POD);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.expectations = new Expectations<>(simulation);
    this.podControl = new PodControl(NAME, client, recorder);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.podsAdopted = recorder.counter(NAME + "/podsAdopted");
    this.podsReleased = recorder.counter(NAME + "/podsReleased");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    replicaSets.addHandler(new ReplicaSetHandler());
    pods.addHandler(ownership);
  }

  private final class ReplicaSetHandler implements WatchListener<ReplicaSet> {
    @Override
    public void added(ReplicaSet set) {
      ObjectKey key = ObjectKey.of(set);
      Owner owner = owner(ControllerRefs.uid(set));
      owner.replicaSet = set;
      owner.pods.configure(set);
      owner.lookForOrphans = true;
      ownership.select(key, set.spec().selector());
      fileByController(set);
      queue.add(key);
    }

    @Override
    public void modified(ReplicaSet previous, ReplicaSet set) {
      if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(set))) {
        deleted(previous);
        added(set);
        return;
      }
      ObjectKey key = ObjectKey.of(set);
      Owner owner = owner(ControllerRefs.uid(set));
      owner.replicaSet = set;
      owner.pods.configure(set);
      if (!previous.spec().selector().equals(set.spec().selector())) {
        ownership.unselect(key, previous.spec().selector());
        ownership.select(key, set.spec().selector());
        owner.lookForOrphans = true;
      }
      removeByController(previous);
      fileByController(set);
      queue.add(key);
    }

    @Override
    public void deleted(ReplicaSet last) {
      ObjectKey key = ObjectKey.of(last);
      Uid uid = ControllerRefs.uid(last);
      expectations.forget(key);
      ownership.unselect(key, last.spec().selector());
      removeByController(last);
      Owner owner = owners.get(uid);
      if (owner != null) {
        simulation.cancel(owner.availabilityTimer);
        owner.replicaSet = null;
        forgetIfUnused(uid, owner);
      }
      queue.add(key);
    }

    private void fileByController(ReplicaSet set) {
      OwnerReference controller = ControllerRefs.of(set.metadata());
      if (controller != null) {
        byController
            .computeIfAbsent(controller.uid(), c -> new LinkedHashMap<>())
            .put(ControllerRefs.uid(set), set);
      }
    }

    private void removeByController(ReplicaSet set) {
      OwnerReference controller = ControllerRefs.of(set.metadata());
      Map<Uid, ReplicaSet> siblings =
          controller == null ? null : byController.get(controller.uid());
      if (controller != null && siblings != null) {
        siblings.remove(ControllerRefs.uid(set));
        if (siblings.isEmpty()) {
          byController.remove(controller.uid());
        }
      }
    }
  }

  private final class PodObserver implements PodOwnership.Observer {
    @Override
    public void added(Uid uid, Pod pod) {
      ReplicaSet set = put(uid, pod);
      if (set != null) {
        ObjectKey key = ObjectKey.of(set);
        if (pod.metadata().deletionTimestamp() == Timestamps.NONE) {
          expectations.creationObserved(key);
        } else {
          expectations.deletionObserved(key, pod.name());
        }
        queue.add(key);
      }
    }

    @Override
    public void changed(Uid uid, Pod previous, Pod pod) {
      ReplicaSet set = put(uid, pod);
      if (set != null) {
        ObjectKey key = ObjectKey.of(set);
        if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
          expectations.deletionObserved(key, pod.name());
        }
        queue.add(key);
      }
    }

    @Override
    public void gone(Uid uid, Pod last) {
      Owner owner = owners.get(uid);
      if (owner == null) {
        return;
      }
      owner.pods.remove(last.name());
      ReplicaSet set = owner.replicaSet;
      if (set == null) {
        forgetIfUnused(uid, owner);
      } else {
        expectations.deletionObserved(ObjectKey.of(set), last.name());
        queue.add(ObjectKey.of(set));
      }
    }

    @Override
    public void orphaned(ObjectKey key) {
      ReplicaSet set = replicaSets.get(key);
      if (set != null) {
        owner(ControllerRefs.uid(set)).lookForOrphans = true;
        queue.add(key);
      }
    }

    private @Nullable ReplicaSet put(Uid uid, Pod pod) {
      Owner owner = owner(uid);
      owner.pods.put(pod);
      if (owner.replicaSet == null) {
        forgetIfUnused(uid, owner);
      }
      return owner.replicaSet;
    }
  }

  private Owner owner(Uid uid) {
    return owners.computeIfAbsent(uid, u -> new Owner());
  }

  private void forgetIfUnused(Uid uid, Owner owner) {
    if (owner.replicaSet == null && owner.pods.isEmpty()) {
      owners.remove(uid);
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    ReplicaSet set = replicaSets.get(key);
    if (set == null) {
      expectations.forget(key);
      done.done(true);
      return;
    }
    Owner owner = owner(ControllerRefs.uid(set));
    boolean mayScale = expectations.met(key);
    List<Pod> toAdopt = new ArrayList<>();
    List<Pod> toRelease = new ArrayList<>();
    if (owner.lookForOrphans || !owner.pods.unselected().isEmpty()) {
      for (ReplicaSetAction claim :
          ReplicaSetSync.claim(
              set,
              owner.pods.unselected(),
              ownership.orphans(key.namespace(), set.spec().selector()))) {
        switch (claim) {
          case ReplicaSetAction.Adopt(Pod pod) -> toAdopt.add(pod);
          case ReplicaSetAction.Release(Pod pod) -> toRelease.add(pod);
          case ReplicaSetAction.Create create -> throw new IllegalStateException("no claim");
          case ReplicaSetAction.Delete delete -> throw new IllegalStateException("no claim");
        }
      }
      owner.lookForOrphans = !toAdopt.isEmpty();
    }
    Claims.settle(
        client,
        set,
        Kinds.POD,
        toAdopt,
        toRelease,
        (succeeded, adopted, released) -> {
          podsAdopted[0] += adopted.size();
          podsReleased[0] += released;
          if (succeeded) {
            scale(new Sync(key, set, owner, mayScale, adopted, done));
          } else {
            done.done(false);
          }
        });
  }

  /** A sync under way. */
  private record Sync(
      ObjectKey key,
      ReplicaSet set,
      Owner owner,
      boolean mayScale,
      List<Pod> adopted,
      WorkQueue.Done done) {
    PodCounts counts(long nowNanos) {
      PodCounts counts = owner.pods.counts(nowNanos);
      for (Pod pod : adopted) {
        counts =
            counts.plus(
                pod, owner.pods.templateLabels(), ReplicaSetSync.minReadySeconds(set), nowNanos);
      }
      return counts;
    }

    Collection<Pod> activePods() {
      return adopted.isEmpty()
          ? owner.pods.selected()
          : ImmutableList.<Pod>builder().addAll(owner.pods.selected()).addAll(adopted).build();
    }
  }

  private void scale(Sync sync) {
    long now = simulation.epochNanos();
    // Counted before anything is done: what is created or deleted now shows in the next status.
    PodCounts counts = sync.counts(now);
    ReplicaSetAction action =
        sync.mayScale
            ? ReplicaSetSync.scale(
                sync.set, counts.active(), sync::activePods, () -> related(sync.set), now)
            : null;
    switch (action) {
      case null -> writeStatus(sync, counts, null);
      case ReplicaSetAction.Create(int count) -> create(sync, counts, count);
      case ReplicaSetAction.Delete(ImmutableList<Pod> doomed) -> delete(sync, counts, doomed);
      case ReplicaSetAction.Adopt adopt -> throw new IllegalArgumentException("no scaling");
      case ReplicaSetAction.Release release -> throw new IllegalArgumentException("no scaling");
    }
  }

  private void create(Sync sync, PodCounts counts, int count) {
    Pod prototype = prototype(sync);
    if (prototype == null) {
      writeStatus(sync, counts, null);
      return;
    }
    expectations.expectCreations(sync.key, count);
    Batches.slowStart(
        count,
        (i, answer) ->
            podControl.create(
                sync.set,
                prototype,
                error -> {
                  if (error != null) {
                    expectations.creationObserved(sync.key);
                  }
                  answer.answered(error);
                }),
        (sent, error) -> {
          expectations.creationsObserved(sync.key, count - sent);
          writeStatus(sync, counts, error);
        });
  }

  @SuppressWarnings("ReferenceEquality")
  private static @Nullable Pod prototype(Sync sync) {
    PodTemplateSpec template = sync.set.spec().template();
    if (template == null) {
      return null;
    }
    if (sync.owner.prototypeOf != template || sync.owner.prototype == null) {
      sync.owner.prototype = Pods.fromTemplate(template, sync.set);
      sync.owner.prototypeOf = template;
    }
    return sync.owner.prototype;
  }

  private void delete(Sync sync, PodCounts counts, ImmutableList<Pod> doomed) {
    expectations.expectDeletions(sync.key, doomed.stream().map(Pod::name).toList());
    Batches.all(
        doomed.size(),
        (i, answer) -> {
          Pod pod = doomed.get(i);
          podControl.delete(
              sync.set,
              pod,
              error -> {
                if (error != null) {
                  expectations.deletionObserved(sync.key, pod.name());
                }
                answer.answeredOrGone(error);
              });
        },
        (sent, error) -> writeStatus(sync, counts, error));
  }

  /** How many active pods the set and its siblings, of the same Deployment, have on a node. */
  private ToIntFunction<@Nullable String> related(ReplicaSet set) {
    OwnerReference controller = ControllerRefs.of(set.metadata());
    Map<Uid, ReplicaSet> siblings = controller == null ? null : byController.get(controller.uid());
    if (siblings == null) {
      return node -> 0;
    }
    Object2IntOpenHashMap<String> onNode = new Object2IntOpenHashMap<>();
    for (Uid sibling : siblings.keySet()) {
      for (Pod pod : owner(sibling).pods.selected()) {
        onNode.addTo(pod.nodeName() == null ? "" : pod.nodeName(), 1);
      }
    }
    return node -> onNode.getInt(node == null ? "" : node);
  }

  private void writeStatus(Sync sync, PodCounts counts, @Nullable ApiException failure) {
    ReplicaSetStatus wanted =
        ReplicaSetSync.status(
            sync.set,
            counts,
            failure == null ? null : String.valueOf(failure.getMessage()),
            simulation.epochNanos());
    ReplicaSetStatus status = ReplicaSetSync.toWrite(sync.set, wanted);
    if (status == null) {
      finish(sync, failure == null);
      return;
    }
    StatusUpdate.send(
        client,
        Kinds.REPLICA_SET,
        sync.set,
        set -> set.withStatus(status),
        error -> statusWritten(sync, error, failure == null));
  }

  private void statusWritten(Sync sync, @Nullable ApiException error, boolean succeeded) {
    if (error == null) {
      statusUpdates[0]++;
    }
    finish(sync, succeeded && error == null);
  }

  private void finish(Sync sync, boolean succeeded) {
    simulation.cancel(sync.owner.availabilityTimer);
    long next = sync.owner.pods.nextAvailableNanos();
    if (next != Timestamps.NONE && sync.owner.replicaSet != null) {
      sync.owner.availabilityTimer =
          simulation.schedule(
              // The counts are as old as this sync: it may be due already.
              Math.max(0, next - simulation.epochNanos()), () -> queue.add(sync.key));
    }
    sync.done.done(succeeded);
  }
}
