package io.towtank.controllers.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Selector;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetStatus;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.history.CurrentData;
import io.towtank.controllers.history.Revision;
import io.towtank.controllers.history.RevisionHistory;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Claims;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.NameHash;
import io.towtank.controllers.workload.PodOwnership;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.StatusUpdate;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the numbered pods of each StatefulSet (kube-controller-manager: statefulset-controller).
 *
 * <p>One sync of a set:
 *
 * <pre>
 *   claim: adopt and release ──► revision of the template ──► act, phase by phase ──► status
 *   revisions, then pods         (new, found, or back)        (an error ends it)      then history
 * </pre>
 *
 * It expects nothing: pods have names of their own, so that what a stale cache makes it do twice
 * fails the second time. Whatever fails is tried again after a back-off.
 */
public final class StatefulSetController implements Component {
  private static final String NAME = "statefulset-controller";
  // kube-controller-manager: --concurrent-statefulset-syncs
  private static final int WORKERS = 5;
  // pkg/controller/statefulset: MaxBatchSize
  private static final int LARGEST_BATCH = 500;
  private static final String HASH_LABEL = "controller.kubernetes.io/hash";
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final StatefulSetOptions options;
  private final Informer<StatefulSet> sets;
  private final Informer<Pod> pods;
  private final Informer<PersistentVolumeClaim> claims;
  private final RevisionHistory history;
  private final WorkQueue<ObjectKey> queue;
  private final Map<Uid, Owner> owners = new HashMap<>();
  private final PodOwnership ownership = new PodOwnership(Kinds.STATEFUL_SET, new PodObserver());

  private final long[] syncs;
  private final long[] podsCreated;
  private final long[] podsDeleted;
  private final long[] claimsCreated;
  private final long[] statusUpdates;

  /** A set, by uid: it may not be known yet, or no more, while its pods are. */
  private static final class Owner {
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, PodTemplateSpec> templates = new HashMap<>();
    private @Nullable StatefulSet set;
    private final CurrentData data = new CurrentData();
    private boolean lookForOrphans;
    private long availabilityTimer;
  }

  /** A controller that does nothing before its start. */
  public StatefulSetController(ComponentContext context, StatefulSetOptions options) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.options = options;
    this.sets = context.informers().informer(Kinds.STATEFUL_SET);
    this.pods = context.informers().informer(Kinds.POD);
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.history = new RevisionHistory(context);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.podsCreated = recorder.counter(NAME + "/podsCreated");
    this.podsDeleted = recorder.counter(NAME + "/podsDeleted");
    this.claimsCreated = recorder.counter(NAME + "/claimsCreated");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    sets.addHandler(new SetHandler());
    pods.addHandler(ownership);
  }

  private final class SetHandler implements WatchListener<StatefulSet> {
    @Override
    public void added(StatefulSet set) {
      Owner owner = owner(ControllerRefs.uid(set));
      owner.set = set;
      owner.lookForOrphans = true;
      ownership.select(ObjectKey.of(set), set.spec().selector());
      queue.add(ObjectKey.of(set));
    }

    @Override
    public void modified(StatefulSet previous, StatefulSet set) {
      if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(set))) {
        deleted(previous);
        added(set);
        return;
      }
      ObjectKey key = ObjectKey.of(set);
      Owner owner = owner(ControllerRefs.uid(set));
      owner.set = set;
      if (!previous.spec().selector().equals(set.spec().selector())) {
        ownership.unselect(key, previous.spec().selector());
        ownership.select(key, set.spec().selector());
        owner.lookForOrphans = true;
      }
      queue.add(key);
    }

    @Override
    public void deleted(StatefulSet last) {
      ownership.unselect(ObjectKey.of(last), last.spec().selector());
      Uid uid = ControllerRefs.uid(last);
      Owner owner = owners.get(uid);
      if (owner != null) {
        simulation.cancel(owner.availabilityTimer);
        owner.set = null;
        forgetIfUnused(uid, owner);
      }
    }
  }

  private final class PodObserver implements PodOwnership.Observer {
    @Override
    public void added(Uid uid, Pod pod) {
      Owner owner = owner(uid);
      owner.pods.put(pod.name(), pod);
      wake(owner);
    }

    @Override
    public void changed(Uid uid, Pod previous, Pod pod) {
      added(uid, pod);
    }

    @Override
    public void gone(Uid uid, Pod last) {
      Owner owner = owners.get(uid);
      if (owner != null) {
        owner.pods.remove(last.name());
        wake(owner);
        forgetIfUnused(uid, owner);
      }
    }

    @Override
    public void orphaned(ObjectKey key) {
      StatefulSet set = sets.get(key);
      if (set != null) {
        owner(ControllerRefs.uid(set)).lookForOrphans = true;
        queue.add(key);
      }
    }

    private void wake(Owner owner) {
      if (owner.set != null) {
        queue.add(ObjectKey.of(owner.set));
      }
    }
  }

  private Owner owner(Uid uid) {
    return owners.computeIfAbsent(uid, u -> new Owner());
  }

  private void forgetIfUnused(Uid uid, Owner owner) {
    if (owner.set == null && owner.pods.isEmpty()) {
      owners.remove(uid);
    }
  }

  /** A sync under way. */
  private static final class Sync {
    private final StatefulSet set;
    private final Owner owner;
    private final WorkQueue.Done done;
    private List<Pod> pods = List.of();
    private ImmutableList<Revision> revisions = ImmutableList.of();
    private int collisionCount;

    Sync(StatefulSet set, Owner owner, WorkQueue.Done done) {
      this.set = set;
      this.owner = owner;
      this.done = done;
      Integer count = set.status().collisionCount();
      this.collisionCount = count == null ? 0 : count;
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    StatefulSet set = sets.get(key);
    if (set == null) {
      done.done(true);
      return;
    }
    Sync sync = new Sync(set, owner(ControllerRefs.uid(set)), done);
    ImmutableList<GenericObject> orphans =
        isEnding(set) ? ImmutableList.of() : history.orphans(set, set.spec().selector());
    Claims.settle(
        client,
        set,
        Revision.KIND,
        orphans,
        List.of(),
        (succeeded, adopted, released) -> {
          if (succeeded) {
            sync.revisions =
                ImmutableList.sortedCopyOf(
                    Revision.BY_AGE,
                    ImmutableList.<Revision>builder()
                        .addAll(history.of(set))
                        .addAll(adopted.stream().map(Revision::new).toList())
                        .build());
            claimPods(sync);
          } else {
            done.done(false);
          }
        });
  }

  private static boolean isEnding(StatefulSet set) {
    return set.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  private void claimPods(Sync sync) {
    StatefulSet set = sync.set;
    Selector selector = Selector.of(set.spec().selector());
    List<Pod> own = new ArrayList<>();
    List<Pod> toRelease = new ArrayList<>();
    for (Pod pod : sync.owner.pods.values()) {
      boolean member = selector.matches(pod.metadata().labels()) && StatefulPods.isMember(set, pod);
      if (member) {
        own.add(pod);
      } else if (!isEnding(set)) {
        toRelease.add(pod);
      }
    }
    List<Pod> toAdopt = new ArrayList<>();
    if (sync.owner.lookForOrphans && !isEnding(set)) {
      for (Pod pod : ownership.orphans(set.metadata().namespace(), set.spec().selector())) {
        if (StatefulPods.isMember(set, pod)) {
          toAdopt.add(pod);
        }
      }
      sync.owner.lookForOrphans = !toAdopt.isEmpty();
    }
    Claims.settle(
        client,
        set,
        Kinds.POD,
        toAdopt,
        toRelease,
        (succeeded, adopted, released) -> {
          if (succeeded) {
            own.addAll(adopted);
            sync.pods = own;
            findRevision(sync);
          } else {
            sync.done.done(false);
          }
        });
  }

  // -------------------------------------------------------------------------------- revisions

  /** The newest revision must be that of the template (getStatefulSetRevisions). */
  private void findRevision(Sync sync) {
    JsonNode data = sync.owner.data.of(sync.set.spec().template());
    Revision newest = sync.revisions.isEmpty() ? null : sync.revisions.getLast();
    if (newest != null && newest.isOf(data)) {
      act(sync, newest);
      return;
    }
    long number = newest == null ? 1 : newest.number() + 1;
    Revision equal = null;
    for (Revision revision : sync.revisions) {
      equal = revision.isOf(data) ? revision : equal;
    }
    if (equal != null) {
      history.renumber(equal, number, (revision, error) -> act(sync, revision));
    } else {
      createRevision(sync, data, number);
    }
  }

  private void createRevision(Sync sync, JsonNode data, long number) {
    Revision wanted =
        Revision.of(
            sync.set,
            sync.set.spec().template(),
            data,
            NameHash.of(data, sync.collisionCount),
            HASH_LABEL,
            number);
    history.create(
        wanted,
        (stored, error) -> {
          if (stored != null && !stored.isOf(data)) {
            // Another template has the same hash: the count makes another name.
            sync.collisionCount++;
            createRevision(sync, data, number);
          } else {
            act(sync, stored);
          }
        });
  }

  private static StatefulSetSync.Target target(Sync sync, Revision revision) {
    return new StatefulSetSync.Target(
        revision.name(),
        sync.owner.templates.computeIfAbsent(revision.name(), name -> revision.template()));
  }

  // ------------------------------------------------------------------------------------ acting

  private void act(Sync sync, @Nullable Revision update) {
    if (update == null) {
      sync.done.done(false);
      return;
    }
    StatefulSet set = sync.set;
    StatefulSetSync.Target updated =
        new StatefulSetSync.Target(update.name(), set.spec().template());
    StatefulSetSync.Target current = updated;
    for (Revision revision : sync.revisions) {
      if (revision.name().equals(set.status().currentRevision())
          && !revision.name().equals(update.name())) {
        current = target(sync, revision);
      }
    }
    StatefulSetSync.Decision decision =
        StatefulSetSync.decide(
            set,
            current,
            updated,
            sync.pods,
            claims::get,
            options,
            sync.collisionCount,
            simulation.epochNanos());
    ImmutableList<StatefulSetSync.Phase> phases = decision.phases();
    Batches.oneByOne(
        phases.size(),
        (i, answer) -> run(sync, phases.get(i), answer),
        (sent, error) ->
            writeStatus(
                sync, error == null ? decision.status() : decision.statusAfterFailure(), error));
  }

  private void run(Sync sync, StatefulSetSync.Phase phase, Batches.Answer answer) {
    ImmutableList<ImmutableList<StatefulSetAction>> chains = phase.chains();
    Batches.slowStart(
        chains.size(),
        phase.parallel() ? LARGEST_BATCH : 1,
        (i, chainAnswer) -> {
          ImmutableList<StatefulSetAction> chain = chains.get(i);
          Batches.oneByOne(
              chain.size(),
              (j, actionAnswer) -> run(sync.set, chain.get(j), actionAnswer),
              (sent, error) -> chainAnswer.answered(error));
        },
        (sent, error) -> answer.answered(error));
  }

  private void run(StatefulSet set, StatefulSetAction action, Batches.Answer answer) {
    switch (action) {
      case StatefulSetAction.CreatePod create ->
          createClaims(
              set,
              create.pod(),
              create.claims(),
              error -> {
                if (error == null) {
                  createPod(set, create.pod(), answer);
                } else {
                  podEvent(set, "create", create.pod(), error);
                  answer.answered(error);
                }
              });
      case StatefulSetAction.CreateClaims create ->
          createClaims(set, create.pod(), create.claims(), answer::answered);
      case StatefulSetAction.UpdateClaim update ->
          client.update(update.claim(), (updated, error) -> answer.answered(error));
      case StatefulSetAction.UpdatePod update ->
          createClaims(
              set,
              update.pod(),
              update.claims(),
              error -> {
                if (error == null) {
                  updatePod(set, update.pod(), answer);
                } else {
                  podEvent(set, "update", update.pod(), error);
                  answer.answered(error);
                }
              });
      case StatefulSetAction.DeletePod(Pod pod) ->
          client.delete(
              Kinds.POD,
              ObjectKey.of(pod),
              DeleteOptions.DEFAULT,
              (deleted, error) -> {
                if (error == null) {
                  podsDeleted[0]++;
                }
                if (!Batches.isGone(error)) {
                  podEvent(set, "delete", pod, error);
                }
                answer.answeredOrGone(error);
              });
      case StatefulSetAction.WaitForClaim wait ->
          answer.answered(
              new ApiException(
                  ApiException.Reason.CONFLICT,
                  "pvc " + wait.claim().name() + " is being deleted"));
    }
  }

  private void createPod(StatefulSet set, Pod pod, Batches.Answer answer) {
    client.create(
        pod,
        (created, error) -> {
          if (error == null) {
            podsCreated[0]++;
          }
          if (error == null || error.reason() != ApiException.Reason.ALREADY_EXISTS) {
            podEvent(set, "create", pod, error);
          }
          answer.answered(error);
        });
  }

  private void updatePod(StatefulSet set, Pod pod, Batches.Answer answer) {
    client.patch(
        Kinds.POD,
        ObjectKey.of(pod),
        current -> StatefulPods.identified(set, current),
        (updated, error) -> {
          podEvent(set, "update", pod, error);
          answer.answered(error);
        });
  }

  private void createClaims(
      StatefulSet set,
      Pod pod,
      ImmutableList<PersistentVolumeClaim> missing,
      Consumer<@Nullable ApiException> finished) {
    Batches.oneByOne(
        missing.size(),
        (i, answer) -> {
          PersistentVolumeClaim claim = missing.get(i);
          client.create(
              claim,
              (created, error) -> {
                if (error == null) {
                  claimsCreated[0]++;
                }
                if (error == null || error.reason() != ApiException.Reason.ALREADY_EXISTS) {
                  claimEvent(set, pod, claim, error);
                }
                answer.answered(error);
              });
        },
        (sent, error) -> finished.accept(error));
  }

  // ----------------------------------------------------------------------- status and history

  private void writeStatus(Sync sync, StatefulSetStatus wanted, @Nullable ApiException failure) {
    StatefulSetStatus status = StatefulSetSync.toWrite(sync.set, wanted);
    if (status == null) {
      truncateHistory(sync, wanted, failure == null);
      return;
    }
    StatusUpdate.send(
        client,
        Kinds.STATEFUL_SET,
        sync.set,
        set -> set.withStatus(status),
        error -> {
          if (error == null) {
            statusUpdates[0]++;
          }
          truncateHistory(sync, wanted, failure == null && error == null);
        });
  }

  /** Deletes the oldest revisions that are not needed, so that the limit is kept. */
  private void truncateHistory(Sync sync, StatefulSetStatus status, boolean succeeded) {
    Integer limit = sync.set.spec().revisionHistoryLimit();
    if (limit == null || sync.revisions.size() <= limit) {
      finish(sync, succeeded);
      return;
    }
    Set<String> live = new HashSet<>();
    live.add(String.valueOf(status.currentRevision()));
    live.add(String.valueOf(status.updateRevision()));
    live.add(String.valueOf(sync.set.status().currentRevision()));
    sync.pods.forEach(pod -> live.add(StatefulPods.revision(pod)));
    List<Revision> old =
        sync.revisions.stream().filter(revision -> !live.contains(revision.name())).toList();
    List<Revision> doomed = old.subList(0, Math.max(0, old.size() - limit));
    doomed.forEach(revision -> sync.owner.templates.remove(revision.name()));
    history.delete(doomed, (sent, error) -> finish(sync, succeeded && error == null));
  }

  /** Comes back when a pod becomes available just by waiting. */
  private void finish(Sync sync, boolean succeeded) {
    long minReady = StatefulSetSync.minReadySeconds(sync.set) * SECOND;
    simulation.cancel(sync.owner.availabilityTimer);
    if (minReady > 0 && sync.owner.set != null) {
      long now = simulation.epochNanos();
      long next = Long.MAX_VALUE;
      for (Pod pod : sync.owner.pods.values()) {
        PodCondition ready = Pods.ready(pod);
        if (ready != null && ready.lastTransitionTime() + minReady >= now) {
          next = Math.min(next, ready.lastTransitionTime() + minReady + 1);
        }
      }
      if (next != Long.MAX_VALUE) {
        ObjectKey key = ObjectKey.of(sync.set);
        sync.owner.availabilityTimer = simulation.schedule(next - now, () -> queue.add(key));
      }
    }
    sync.done.done(succeeded);
  }

  private void podEvent(StatefulSet set, String verb, Pod pod, @Nullable ApiException error) {
    event(
        set,
        verb,
        verb + " Pod " + pod.name() + " in StatefulSet " + set.name(),
        error == null ? " successful" : " failed error: " + error.getMessage(),
        error);
  }

  private void claimEvent(
      StatefulSet set, Pod pod, PersistentVolumeClaim claim, @Nullable ApiException error) {
    event(
        set,
        "create",
        "create Claim "
            + claim.name()
            + (error == null ? " Pod " : " for Pod ")
            + pod.name()
            + " in StatefulSet "
            + set.name(),
        error == null ? " success" : " failed error: " + error.getMessage(),
        error);
  }

  private void event(
      StatefulSet set, String verb, String what, String how, @Nullable ApiException error) {
    String reason = Character.toUpperCase(verb.charAt(0)) + verb.substring(1);
    recorder.event(
        set,
        NAME,
        error == null ? "Normal" : "Warning",
        (error == null ? "Successful" : "Failed") + reason,
        what + how);
  }
}
