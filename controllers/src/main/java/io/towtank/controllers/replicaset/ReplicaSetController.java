package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Expectations;
import io.towtank.controllers.workload.Orphans;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.SelectorIndex;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
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
  private final Recorder recorder;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final Expectations<ObjectKey> expectations;
  private final Map<Uid, Owner> owners = new HashMap<>();
  private final Map<Uid, Map<Uid, ReplicaSet>> byController = new HashMap<>();
  private final Orphans<Pod> orphans = new Orphans<>();
  private final SelectorIndex selectors = new SelectorIndex();

  private final long[] syncs;
  private final long[] podsCreated;
  private final long[] podsDeleted;
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
    this.recorder = context.recorder();
    this.replicaSets = context.informers().informer(Kinds.REPLICA_SET);
    this.pods = context.informers().informer(Kinds.POD);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.expectations = new Expectations<>(simulation);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.podsCreated = recorder.counter(NAME + "/podsCreated");
    this.podsDeleted = recorder.counter(NAME + "/podsDeleted");
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
    pods.addHandler(new PodHandler());
  }

  private final class ReplicaSetHandler implements WatchListener<ReplicaSet> {
    @Override
    public void added(ReplicaSet set) {
      ObjectKey key = ObjectKey.of(set);
      Owner owner = owner(ControllerRefs.uid(set));
      owner.replicaSet = set;
      owner.pods.configure(set);
      owner.lookForOrphans = true;
      selectors.put(key, set.spec().selector());
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
        selectors.remove(key, previous.spec().selector());
        selectors.put(key, set.spec().selector());
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
      selectors.remove(key, last.spec().selector());
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

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      OwnerReference controller = ControllerRefs.of(pod.metadata());
      if (controller == null) {
        addOrphan(pod);
        return;
      }
      Owner owner = put(controller, pod);
      ReplicaSet set = owner == null ? null : owner.replicaSet;
      if (set == null) {
        return;
      }
      ObjectKey key = ObjectKey.of(set);
      if (pod.metadata().deletionTimestamp() == Timestamps.NONE) {
        expectations.creationObserved(key);
      } else {
        expectations.deletionObserved(key, pod.name());
      }
      queue.add(key);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void modified(Pod previous, Pod pod) {
      OwnerReference before = ControllerRefs.of(previous.metadata());
      OwnerReference controller = ControllerRefs.of(pod.metadata());
      if (before != controller && before != null && !before.equals(controller)) {
        takeFrom(before, previous);
      }
      if (controller == null) {
        if (before == null) {
          changeOrphan(previous, pod);
        } else {
          addOrphan(pod);
        }
        return;
      }
      if (before == null) {
        orphans.remove(previous);
      }
      Owner owner = put(controller, pod);
      ReplicaSet set = owner == null ? null : owner.replicaSet;
      if (set == null) {
        return;
      }
      ObjectKey key = ObjectKey.of(set);
      if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
        expectations.deletionObserved(key, pod.name());
      }
      queue.add(key);
    }

    @Override
    public void deleted(Pod last) {
      OwnerReference controller = ControllerRefs.of(last.metadata());
      if (controller == null) {
        orphans.remove(last);
      } else {
        takeFrom(controller, last);
      }
    }

    private @Nullable Owner put(OwnerReference controller, Pod pod) {
      if (!controller.kind().equals(Kinds.REPLICA_SET.name())) {
        return null;
      }
      Owner owner = owner(controller.uid());
      owner.pods.put(pod);
      if (owner.replicaSet == null) {
        forgetIfUnused(controller.uid(), owner);
      }
      return owner;
    }

    private void takeFrom(OwnerReference controller, Pod pod) {
      Owner owner = owners.get(controller.uid());
      if (owner == null) {
        return;
      }
      owner.pods.remove(pod.name());
      ReplicaSet set = owner.replicaSet;
      if (set == null) {
        forgetIfUnused(controller.uid(), owner);
      } else {
        expectations.deletionObserved(ObjectKey.of(set), pod.name());
        queue.add(ObjectKey.of(set));
      }
    }

    private void addOrphan(Pod pod) {
      if (Pods.isActive(pod)) {
        orphans.put(pod);
        offer(pod);
      }
    }

    @SuppressWarnings("ReferenceEquality")
    private void changeOrphan(Pod previous, Pod pod) {
      boolean sameLabels =
          previous.metadata().labels() == pod.metadata().labels()
              || previous.metadata().labels().equals(pod.metadata().labels());
      if (!Pods.isActive(pod)) {
        orphans.remove(previous);
        return;
      }
      if (!sameLabels) {
        orphans.remove(previous);
      }
      orphans.put(pod);
      if (!sameLabels) {
        offer(pod);
      }
    }

    private void offer(Pod pod) {
      for (ObjectKey key :
          selectors.selecting(pod.metadata().namespace(), pod.metadata().labels())) {
        ReplicaSet set = replicaSets.get(key);
        if (set != null) {
          owner(ControllerRefs.uid(set)).lookForOrphans = true;
          queue.add(key);
        }
      }
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
    ImmutableList<ReplicaSetAction> claims = ImmutableList.of();
    if (owner.lookForOrphans || !owner.pods.unselected().isEmpty()) {
      claims =
          ReplicaSetSync.claim(
              set,
              owner.pods.unselected(),
              orphans.matching(key.namespace(), Selector.of(set.spec().selector())));
    }
    if (claims.isEmpty()) {
      owner.lookForOrphans = false;
      scale(new Sync(key, set, owner, mayScale, List.of(), done));
    } else {
      claim(key, set, owner, mayScale, claims, done);
    }
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

  private void claim(
      ObjectKey key,
      ReplicaSet set,
      Owner owner,
      boolean mayScale,
      ImmutableList<ReplicaSetAction> claims,
      WorkQueue.Done done) {
    List<Pod> adopted = new ArrayList<>();
    Runnable send =
        () ->
            Batches.oneByOne(
                claims.size(),
                (i, answer) -> claim(set, claims.get(i), adopted, answer),
                (sent, error) -> {
                  if (error != null) {
                    done.done(false);
                  } else {
                    scale(new Sync(key, set, owner, mayScale, adopted, done));
                  }
                });
    if (claims.stream().noneMatch(ReplicaSetAction.Adopt.class::isInstance)) {
      send.run();
      return;
    }
    // A set that is gone, or going, must not adopt: the cache may not know yet (canAdoptFunc).
    client.get(
        Kinds.REPLICA_SET,
        key,
        (fresh, error) -> {
          if (fresh == null
              || !ControllerRefs.uid(fresh).equals(ControllerRefs.uid(set))
              || fresh.metadata().deletionTimestamp() != Timestamps.NONE) {
            done.done(false);
          } else {
            send.run();
          }
        });
  }

  private void claim(
      ReplicaSet set, ReplicaSetAction claim, List<Pod> adopted, Batches.Answer answer) {
    switch (claim) {
      case ReplicaSetAction.Adopt(Pod pod) ->
          client.patch(
              Kinds.POD,
              ObjectKey.of(pod),
              current ->
                  ControllerRefs.of(current.metadata()) != null
                      ? current
                      : current.withMetadata(
                          ControllerRefs.adopted(current.metadata(), ControllerRefs.to(set))),
              (object, error) -> {
                if (object != null
                    && ControllerRefs.isControlledBy(object.metadata(), ControllerRefs.uid(set))) {
                  podsAdopted[0]++;
                  adopted.add(pod);
                }
                answer.answered(unlessGone(error));
              });
      case ReplicaSetAction.Release(Pod pod) ->
          client.patch(
              Kinds.POD,
              ObjectKey.of(pod),
              current ->
                  current.withMetadata(
                      ControllerRefs.released(current.metadata(), ControllerRefs.uid(set))),
              (object, error) -> {
                if (object != null) {
                  podsReleased[0]++;
                }
                answer.answered(unlessGone(error));
              });
      case ReplicaSetAction.Create create -> throw new IllegalArgumentException("no claim");
      case ReplicaSetAction.Delete delete -> throw new IllegalArgumentException("no claim");
    }
  }

  private static @Nullable ApiException unlessGone(@Nullable ApiException error) {
    return error == null || error.reason() == ApiException.Reason.NOT_FOUND ? null : error;
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
            client.create(
                prototype,
                (pod, error) -> {
                  if (pod != null) {
                    podsCreated[0]++;
                    event(sync.set, "Normal", "SuccessfulCreate", "Created pod: " + pod.name());
                  } else if (error != null) {
                    expectations.creationObserved(sync.key);
                    event(
                        sync.set,
                        "Warning",
                        "FailedCreate",
                        "Error creating: " + error.getMessage());
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
          client.delete(
              Kinds.POD,
              ObjectKey.of(pod),
              DeleteOptions.DEFAULT,
              (deleted, error) -> {
                if (error == null) {
                  podsDeleted[0]++;
                  event(sync.set, "Normal", "SuccessfulDelete", "Deleted pod: " + pod.name());
                } else {
                  expectations.deletionObserved(sync.key, pod.name());
                  if (error.reason() != ApiException.Reason.NOT_FOUND) {
                    event(
                        sync.set,
                        "Warning",
                        "FailedDelete",
                        "Error deleting: " + error.getMessage());
                  }
                }
                answer.answered(unlessGone(error));
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
    Map<String, Integer> onNode = new HashMap<>();
    for (Uid sibling : siblings.keySet()) {
      for (Pod pod : owner(sibling).pods.selected()) {
        onNode.merge(pod.nodeName() == null ? "" : pod.nodeName(), 1, Integer::sum);
      }
    }
    return node -> onNode.getOrDefault(node == null ? "" : node, 0);
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
    client.updateStatus(
        sync.set.withStatus(status),
        (written, error) -> {
          if (error != null && error.reason() == ApiException.Reason.CONFLICT) {
            writeStatusAnew(sync, status, failure == null);
          } else {
            statusWritten(sync, error, failure == null);
          }
        });
  }

  /** Tries once more on what the API has now (statusUpdateRetries). */
  private void writeStatusAnew(Sync sync, ReplicaSetStatus status, boolean succeeded) {
    client.get(
        Kinds.REPLICA_SET,
        sync.key,
        (fresh, missing) -> {
          if (fresh == null) {
            finish(sync, false);
          } else {
            client.updateStatus(
                fresh.withStatus(status), (w, error) -> statusWritten(sync, error, succeeded));
          }
        });
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

  private void event(KubeObject about, String type, String reason, String message) {
    recorder.event(about, NAME, type, reason, message);
  }
}
