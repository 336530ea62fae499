package io.towtank.controllers.daemonset;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetStatus;
import io.towtank.api.DaemonSetStatusBuilder;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.codec.ObjectCodec;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.history.CurrentData;
import io.towtank.controllers.history.Revision;
import io.towtank.controllers.history.RevisionHistory;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Claims;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Expectations;
import io.towtank.controllers.workload.NameHash;
import io.towtank.controllers.workload.PodControl;
import io.towtank.controllers.workload.PodOwnership;
import io.towtank.controllers.workload.StatusUpdate;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pod of each DaemonSet on every node that it selects (kube-controller-manager:
 * daemonset-controller).
 *
 * <p>One sync of a set:
 *
 * <pre>
 *   claim: adopt and release ──► revision of ──► manage: create and delete ──► status, then
 *   revisions, then pods         the template    (nothing to do: update)        history
 *                                                (only while no expectation is open)
 * </pre>
 *
 * Nodes are looked at when their labels or taints change, not with every heartbeat.
 */
public final class DaemonSetController implements Component {
  private static final String NAME = "daemonset-controller";
  // kube-controller-manager: --concurrent-daemonset-syncs
  private static final int WORKERS = 2;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<DaemonSet> sets;
  private final Informer<Pod> pods;
  private final Informer<Node> nodes;
  private final RevisionHistory history;
  private final WorkQueue<ObjectKey> queue;
  private final Expectations<ObjectKey> expectations;
  private final PodControl podControl;
  private final FailedPodBackoff backoff = new FailedPodBackoff();
  // In the order in which they became known, so that what a node wakes does not depend on hashes.
  private final Map<Uid, Owner> owners = new LinkedHashMap<>();
  private final PodOwnership ownership = new PodOwnership(Kinds.DAEMON_SET, new PodObserver());

  private final long[] syncs;
  private final long[] statusUpdates;

  /** A set, by uid: it may not be known yet, or no more, while its pods are. */
  private static final class Owner {
    private final DaemonPods pods = new DaemonPods();
    private final Map<String, Pod> byName = new LinkedHashMap<>();
    private final Map<String, Pod> unselected = new LinkedHashMap<>();
    private Selector selector = Selector.of(null);
    private @Nullable DaemonSet set;
    private final CurrentData data = new CurrentData();
    private boolean lookForOrphans;
    private long availabilityTimer;

    void put(Pod pod) {
      byName.put(pod.name(), pod);
      if (set == null || selector.matches(pod.metadata().labels())) {
        unselected.remove(pod.name());
        pods.put(pod);
      } else {
        unselected.put(pod.name(), pod);
        pods.remove(pod.name());
      }
    }

    void remove(String podName) {
      byName.remove(podName);
      unselected.remove(podName);
      pods.remove(podName);
    }

    void select(DaemonSet changed) {
      set = changed;
      selector = Selector.of(changed.spec().selector());
      ImmutableList.copyOf(byName.values()).forEach(this::put);
    }
  }

  /** A controller that does nothing before its start. */
  public DaemonSetController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.sets = context.informers().informer(Kinds.DAEMON_SET);
    this.pods = context.informers().informer(Kinds.POD);
    this.nodes = context.informers().informer(Kinds.NODE);
    this.history = new RevisionHistory(context);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.expectations = new Expectations<>(simulation);
    this.podControl = new PodControl(NAME, client, recorder);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    nodes.addHandler(new NodeHandler());
    sets.addHandler(new SetHandler());
    pods.addHandler(ownership);
  }

  private final class SetHandler implements WatchListener<DaemonSet> {
    @Override
    public void added(DaemonSet set) {
      Owner owner = owner(ControllerRefs.uid(set));
      owner.select(set);
      nodes.forEach(owner.pods::putNode);
      owner.lookForOrphans = true;
      ownership.select(ObjectKey.of(set), set.spec().selector());
      queue.add(ObjectKey.of(set));
    }

    @Override
    public void modified(DaemonSet previous, DaemonSet set) {
      if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(set))) {
        deleted(previous);
        added(set);
        return;
      }
      ObjectKey key = ObjectKey.of(set);
      Owner owner = owner(ControllerRefs.uid(set));
      if (previous.spec().selector().equals(set.spec().selector())) {
        owner.set = set;
      } else {
        owner.select(set);
        ownership.unselect(key, previous.spec().selector());
        ownership.select(key, set.spec().selector());
        owner.lookForOrphans = true;
      }
      queue.add(key);
    }

    @Override
    public void deleted(DaemonSet last) {
      ObjectKey key = ObjectKey.of(last);
      ownership.unselect(key, last.spec().selector());
      expectations.forget(key);
      Uid uid = ControllerRefs.uid(last);
      Owner owner = owners.get(uid);
      if (owner != null) {
        simulation.cancel(owner.availabilityTimer);
        owner.set = null;
        forgetIfUnused(uid, owner);
      }
    }
  }

  /** A heartbeat ends at the first line: what it costs does not depend on the number of sets. */
  private final class NodeHandler implements WatchListener<Node> {
    @Override
    public void added(Node node) {
      put(node);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void modified(Node previous, Node node) {
      boolean same =
          (previous.spec() == node.spec() || previous.spec().taints().equals(node.spec().taints()))
              && (previous.metadata().labels() == node.metadata().labels()
                  || previous.metadata().labels().equals(node.metadata().labels()));
      if (!same) {
        put(node);
      }
    }

    @Override
    public void deleted(Node last) {
      for (Owner owner : owners.values()) {
        if (owner.pods.removeNode(last.name())) {
          wake(owner);
        }
      }
    }

    private void put(Node node) {
      for (Owner owner : owners.values()) {
        if (owner.set != null && owner.pods.putNode(node)) {
          wake(owner);
        }
      }
    }
  }

  private void wake(Owner owner) {
    if (owner.set != null) {
      queue.add(ObjectKey.of(owner.set));
    }
  }

  private final class PodObserver implements PodOwnership.Observer {
    @Override
    public void added(Uid uid, Pod pod) {
      Owner owner = owner(uid);
      owner.put(pod);
      if (owner.set != null) {
        ObjectKey key = ObjectKey.of(owner.set);
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
      Owner owner = owner(uid);
      owner.put(pod);
      if (owner.set != null) {
        ObjectKey key = ObjectKey.of(owner.set);
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
      owner.remove(last.name());
      if (owner.set == null) {
        forgetIfUnused(uid, owner);
      } else {
        expectations.deletionObserved(ObjectKey.of(owner.set), last.name());
        wake(owner);
      }
    }

    @Override
    public void orphaned(ObjectKey key) {
      DaemonSet set = sets.get(key);
      if (set != null) {
        owner(ControllerRefs.uid(set)).lookForOrphans = true;
        queue.add(key);
      }
    }
  }

  private Owner owner(Uid uid) {
    return owners.computeIfAbsent(uid, u -> new Owner());
  }

  private void forgetIfUnused(Uid uid, Owner owner) {
    if (owner.set == null && owner.byName.isEmpty()) {
      owners.remove(uid);
    }
  }

  /** A sync under way. */
  private static final class Sync {
    private final ObjectKey key;
    private final DaemonSet set;
    private final Owner owner;
    private final boolean mayAct;
    private final WorkQueue.Done done;
    private List<Revision> old = new ArrayList<>();

    Sync(ObjectKey key, DaemonSet set, Owner owner, boolean mayAct, WorkQueue.Done done) {
      this.key = key;
      this.set = set;
      this.owner = owner;
      this.mayAct = mayAct;
      this.done = done;
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    DaemonSet set = sets.get(key);
    if (set == null || set.metadata().deletionTimestamp() != Timestamps.NONE) {
      // Of a set that is being deleted the revisions may be gone already.
      done.done(true);
      return;
    }
    if (set.spec().selector().matchLabels().isEmpty()
        && set.spec().selector().matchExpressions().isEmpty()) {
      event(
          set,
          "Warning",
          "SelectingAll",
          "This daemon set is selecting all pods. A non-empty selector is required.");
      done.done(true);
      return;
    }
    Sync sync = new Sync(key, set, owner(ControllerRefs.uid(set)), expectations.met(key), done);
    Claims.settle(
        client,
        set,
        Revision.KIND,
        history.orphans(set, set.spec().selector()),
        List.of(),
        (succeeded, adopted, released) -> {
          if (succeeded) {
            claimPods(sync, adopted);
          } else {
            done.done(false);
          }
        });
  }

  private void claimPods(Sync sync, List<GenericObject> adoptedRevisions) {
    DaemonSet set = sync.set;
    List<Pod> toAdopt = List.of();
    if (sync.owner.lookForOrphans) {
      toAdopt = ownership.orphans(set.metadata().namespace(), set.spec().selector());
      sync.owner.lookForOrphans = !toAdopt.isEmpty();
    }
    boolean adopts = !toAdopt.isEmpty();
    Claims.settle(
        client,
        set,
        Kinds.POD,
        toAdopt,
        ImmutableList.copyOf(sync.owner.unselected.values()),
        (succeeded, adopted, released) -> {
          if (!succeeded) {
            sync.done.done(false);
          } else if (adopts) {
            // They count once the informer tells of them, which also wakes the set.
            sync.done.done(true);
          } else {
            findRevision(sync, adoptedRevisions);
          }
        });
  }

  // -------------------------------------------------------------------------------- revisions

  /** There must be one revision of the template, and it the newest (constructHistory). */
  private void findRevision(Sync sync, List<GenericObject> adopted) {
    JsonNode data = sync.owner.data.of(sync.set.spec().template());
    List<Revision> current = new ArrayList<>();
    ImmutableList.<Revision>builder()
        .addAll(history.of(sync.set))
        .addAll(adopted.stream().map(Revision::new).toList())
        .build()
        .forEach(revision -> (revision.isOf(data) ? current : sync.old).add(revision));
    sync.old.sort(Revision.BY_AGE);
    current.sort(Revision.BY_AGE);
    long number = 1;
    for (Revision revision : sync.old) {
      number = Math.max(number, revision.number() + 1);
    }
    if (current.isEmpty()) {
      createRevision(sync, data, number);
      return;
    }
    Revision newest = current.getLast();
    long wanted = number;
    removeDuplicates(
        sync,
        newest,
        current.subList(0, current.size() - 1),
        error -> {
          if (error != null) {
            sync.done.done(false);
          } else if (newest.number() < wanted) {
            history.renumber(newest, wanted, (revision, failure) -> act(sync, revision));
          } else {
            act(sync, newest);
          }
        });
  }

  /** Tells how a step went, with null for success. */
  @FunctionalInterface
  private interface Step {
    void done(@Nullable ApiException error);
  }

  /** Has pods of doubles, which adoption may have brought, bear the hash of the one that stays. */
  private void removeDuplicates(Sync sync, Revision kept, List<Revision> doubles, Step next) {
    if (doubles.isEmpty()) {
      next.done(null);
      return;
    }
    String hash = kept.label(Revision.POD_LABEL);
    List<Pod> toLabel =
        sync.owner.byName.values().stream()
            .filter(pod -> !hash.equals(pod.metadata().labels().get(Revision.POD_LABEL)))
            .toList();
    Batches.oneByOne(
        toLabel.size(),
        (i, answer) ->
            client.patch(
                Kinds.POD,
                ObjectKey.of(toLabel.get(i)),
                pod ->
                    pod.withMetadata(
                        ObjectMetaBuilder.builder(pod.metadata())
                            .labels(
                                ImmutableMap.<String, String>builder()
                                    .putAll(pod.metadata().labels())
                                    .put(Revision.POD_LABEL, hash)
                                    .buildKeepingLast())
                            .build()),
                (pod, error) -> answer.answeredOrGone(error)),
        (sent, error) -> {
          if (error != null) {
            next.done(error);
          } else {
            history.delete(doubles, (deleted, failure) -> next.done(failure));
          }
        });
  }

  private void createRevision(Sync sync, JsonNode data, long number) {
    DaemonSet set = sync.set;
    PodTemplateSpec template = set.spec().template();
    String hash = NameHash.of(ObjectCodec.writePart(template), set.status().collisionCount());
    history.create(
        Revision.of(set, template, data, hash, Revision.POD_LABEL, number),
        (stored, error) -> {
          if (stored != null && !stored.isOf(data)) {
            countCollision(sync);
          } else {
            act(sync, stored);
          }
        });
  }

  /** Another template has the same hash: with another count there will be another name. */
  private void countCollision(Sync sync) {
    Integer count = sync.set.status().collisionCount();
    DaemonSetStatus status =
        DaemonSetStatusBuilder.builder(sync.set.status())
            .collisionCount(count == null ? 1 : count + 1)
            .build();
    client.updateStatus(sync.set.withStatus(status), (written, error) -> sync.done.done(false));
  }

  // ------------------------------------------------------------------------------------ acting

  private void act(Sync sync, @Nullable Revision revision) {
    if (revision == null) {
      sync.done.done(false);
      return;
    }
    String hash = revision.label(Revision.POD_LABEL);
    DaemonPods daemonPods = sync.owner.pods;
    long now = simulation.epochNanos();
    DaemonTemplate template =
        daemonPods.configure(sync.set, hash.isEmpty() ? revision.name() : hash, now);
    daemonPods.advance(now);
    if (!sync.mayAct) {
      writeStatus(sync, false, null);
      return;
    }
    ImmutableList<DaemonSetAction> managed =
        DaemonSetSync.limited(daemonPods.manage(sync.set, pod -> mayReplace(sync, pod)));
    ImmutableList<DaemonSetAction> actions =
        managed.isEmpty() ? DaemonSetSync.limited(daemonPods.rollingUpdate(sync.set)) : managed;
    if (actions.isEmpty()) {
      writeStatus(sync, true, null);
      return;
    }
    List<String> toCreate = new ArrayList<>();
    List<DaemonSetAction.DeletePod> toDelete = new ArrayList<>();
    for (DaemonSetAction action : actions) {
      switch (action) {
        case DaemonSetAction.CreatePod(String nodeName) -> toCreate.add(nodeName);
        case DaemonSetAction.DeletePod delete -> toDelete.add(delete);
      }
    }
    expectations.expect(
        sync.key, toCreate.size(), toDelete.stream().map(d -> d.pod().name()).toList());
    create(
        sync,
        template,
        toCreate,
        error ->
            delete(
                sync,
                toDelete,
                failure -> writeStatus(sync, true, error == null ? failure : error)));
  }

  private void create(Sync sync, DaemonTemplate template, List<String> toCreate, Step next) {
    Batches.slowStart(
        toCreate.size(),
        (i, answer) ->
            podControl.create(
                sync.set,
                template.pod(toCreate.get(i)),
                error -> {
                  if (error != null) {
                    expectations.creationObserved(sync.key);
                  }
                  answer.answered(error);
                }),
        (sent, error) -> {
          expectations.creationsObserved(sync.key, toCreate.size() - sent);
          next.done(error);
        });
  }

  private void delete(Sync sync, List<DaemonSetAction.DeletePod> toDelete, Step next) {
    Batches.all(
        toDelete.size(),
        (i, answer) -> {
          Pod pod = toDelete.get(i).pod();
          announce(sync.set, toDelete.get(i));
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
        (sent, error) -> next.done(error));
  }

  private void announce(DaemonSet set, DaemonSetAction.DeletePod delete) {
    boolean failed = delete.reason() == DaemonSetAction.Reason.FAILED;
    if (failed || delete.reason() == DaemonSetAction.Reason.SUCCEEDED) {
      Pod pod = delete.pod();
      event(
          set,
          failed ? "Warning" : "Normal",
          failed ? "FailedDaemonPod" : "SucceededDaemonPod",
          "Found %s daemon pod %s/%s on node %s, will try to %s it"
              .formatted(
                  failed ? "failed" : "succeeded",
                  pod.metadata().namespace(),
                  pod.name(),
                  DaemonTemplate.targetNode(pod),
                  failed ? "kill" : "delete"));
    }
  }

  /** Whether a failed pod may be replaced now; where not, the set is looked at when it may. */
  private boolean mayReplace(Sync sync, Pod pod) {
    long wait = backoff.waitNanos(sync.set, pod, simulation.nanos());
    if (wait > 0) {
      queue.addAfter(sync.key, wait);
    }
    return wait == 0;
  }

  // ----------------------------------------------------------------------- status and history

  private void writeStatus(Sync sync, boolean acted, @Nullable ApiException failure) {
    sync.owner.pods.advance(simulation.epochNanos());
    DaemonSetStatus status =
        DaemonSetSync.toWrite(sync.set, sync.owner.pods.status(sync.set, acted));
    boolean truncates = acted && failure == null;
    if (status == null) {
      finish(sync, truncates, failure == null);
      return;
    }
    StatusUpdate.send(
        client,
        Kinds.DAEMON_SET,
        sync.set,
        set -> set.withStatus(status),
        error -> {
          if (error == null) {
            statusUpdates[0]++;
          }
          finish(sync, truncates, failure == null && error == null);
        });
  }

  private void finish(Sync sync, boolean truncates, boolean succeeded) {
    simulation.cancel(sync.owner.availabilityTimer);
    long next = sync.owner.pods.nextAvailableNanos();
    if (next != Timestamps.NONE && sync.owner.set != null) {
      sync.owner.availabilityTimer =
          simulation.schedule(
              Math.max(0, next - simulation.epochNanos()), () -> queue.add(sync.key));
    }
    List<Revision> doomed = truncates ? doomed(sync) : List.of();
    history.delete(doomed, (sent, error) -> sync.done.done(succeeded && error == null));
  }

  /** The oldest revisions beyond the limit of which no pod is left (cleanupHistory). */
  private static List<Revision> doomed(Sync sync) {
    Integer limit = sync.set.spec().revisionHistoryLimit();
    if (limit == null || sync.old.size() <= limit) {
      return List.of();
    }
    int surplus = sync.old.size() - limit;
    Set<String> live = new HashSet<>();
    for (Pod pod : sync.owner.byName.values()) {
      live.add(pod.metadata().labels().getOrDefault(Revision.POD_LABEL, ""));
    }
    return sync.old.stream()
        .filter(revision -> !live.contains(revision.label(Revision.POD_LABEL)))
        .limit(surplus)
        .toList();
  }

  private void event(DaemonSet about, String type, String reason, String message) {
    recorder.event(about, NAME, type, reason, message);
  }
}
