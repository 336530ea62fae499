package io.towtank.controllers.garbagecollector;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.OwnerReferenceBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.garbagecollector.CollectionSync.Dependents;
import io.towtank.controllers.garbagecollector.CollectionSync.OwnerState;
import io.towtank.controllers.workload.Batches;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects whose owners are gone (kube-controller-manager: garbage-collector-controller).
 *
 * <pre>
 *   owner deleted, dependents in the background:  owner goes ──► each dependent is looked at, goes
 *   … in the foreground:  owner marked ──► dependents go ──► the last blocking one gone ──► owner
 *   … orphaned:           owner marked ──► dependents forget it ──► owner goes
 * </pre>
 *
 * <p>What depends on what is known from informers and may be stale; before an object is deleted, it
 * and its owners are read from the API itself.
 */
public final class GarbageCollector implements Component {
  private static final String NAME = "garbage-collector-controller";
  // kube-controller-manager: --concurrent-gc-syncs
  private static final int WORKERS = 20;
  // pkg/controller/garbagecollector: the size of absentOwnerCache
  private static final int ABSENT_OWNERS = 500;
  // Events own nothing and are owned by nothing (DefaultIgnoredResources).
  private static final ImmutableSet<Kind<?>> IGNORED = ImmutableSet.of(Kinds.EVENT);

  private final ComponentContext context;
  private final ApiClient client;
  private final Recorder recorder;
  private final WorkQueue<Item> toCollect;
  private final WorkQueue<Item> toOrphan;
  private final Map<Kind<?>, KindGraph<?>> graphs = new LinkedHashMap<>();
  // What may be an owner. Pods are filed only while they wait for dependents: they rarely own
  // anything, and there are many.
  private final Map<Uid, Present> present = new HashMap<>();
  private final Map<Absence, Boolean> absent =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Absence, Boolean> eldest) {
          return size() > ABSENT_OWNERS;
        }
      };

  private final long[] objectsDeleted;
  private final long[] referencesRemoved;
  private final long[] finalizersRemoved;

  /** An object that is there. */
  private record Present(Kind<?> kind, ObjectMeta meta) {}

  /** An owner that is not in a namespace. */
  private record Absence(Uid owner, @Nullable String namespace) {}

  /** A collector that does nothing before its start. */
  public GarbageCollector(ComponentContext context) {
    this.context = context;
    this.client = context.client();
    this.recorder = context.recorder();
    this.toCollect = new WorkQueue<>(context.simulation(), WORKERS, this::attemptToDelete);
    this.toOrphan = new WorkQueue<>(context.simulation(), WORKERS, this::attemptToOrphan);
    this.objectsDeleted = recorder.counter(NAME + "/objectsDeleted");
    this.referencesRemoved = recorder.counter(NAME + "/referencesRemoved");
    this.finalizersRemoved = recorder.counter(NAME + "/finalizersRemoved");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    ImmutableList.Builder<Kind<?>> known = ImmutableList.builder();
    boolean[] started = {false};
    context
        .informers()
        .forEachKind(kind -> {
          if (started[0]) {
            context.simulation().schedule(0, () -> watch(kind));
          } else {
            known.add(kind);
          }
        });
    started[0] = true;
    known.build().forEach(this::watch);
  }

  private <T extends KubeObject> void watch(Kind<T> kind) {
    if (!IGNORED.contains(kind) && !graphs.containsKey(kind)) {
      KindGraph<T> graph = new KindGraph<>(kind, client, new Observer());
      graphs.put(kind, graph);
      context.informers().informer(kind).addHandler(graph);
    }
  }

  // ------------------------------------------------------------------------------- the graph

  private final class Observer implements KindGraph.Observer {
    @Override
    public void present(Item item, @Nullable ObjectMeta previous, ObjectMeta meta) {
      boolean waiting = CollectionSync.isWaiting(meta);
      if (waiting || !item.kind().equals(Kinds.POD)) {
        present.put(item.uid(), new Present(item.kind(), meta));
      }
      if (CollectionSync.isOrphaning(meta)
          && (previous == null || !CollectionSync.isOrphaning(previous))) {
        toOrphan.add(item);
      } else if (waiting && (previous == null || !CollectionSync.isWaiting(previous))) {
        forEachDependent(item.uid(), toCollect::add);
        toCollect.add(item);
      }
    }

    @Override
    public void referenced(Item dependent, OwnerReference owner) {
      ObjectMeta known = known(owner, dependent.key().namespace());
      if (known == null || CollectionSync.isWaiting(known)) {
        toCollect.add(dependent);
      }
    }

    @Override
    public void unreferenced(Uid owner) {
      Present waiting = present.get(owner);
      if (waiting != null && CollectionSync.isWaiting(waiting.meta) && !isBlocked(owner)) {
        toCollect.add(
            new Item(
                waiting.kind, new ObjectKey(waiting.meta.namespace(), waiting.meta.name()), owner));
      }
    }

    @Override
    public void gone(Item item) {
      present.remove(item.uid());
      forEachDependent(item.uid(), toCollect::add);
    }
  }

  /** What is known of an owner in a namespace, null where no such object is known. */
  private @Nullable ObjectMeta known(OwnerReference owner, @Nullable String namespace) {
    Present filed = present.get(owner.uid());
    ObjectMeta meta = filed == null ? null : filed.meta;
    if (meta == null && owner.kind().equals(Kinds.POD.name())) {
      Pod pod = context.informers().informer(Kinds.POD).get(namespace, owner.name());
      meta = pod == null || !owner.uid().equals(pod.metadata().uid()) ? null : pod.metadata();
    }
    return meta == null || isVisible(meta, namespace) ? meta : null;
  }

  /** Whether an object can be the owner of one in a namespace: a neighbour or cluster-wide. */
  private static boolean isVisible(ObjectMeta owner, @Nullable String namespace) {
    return owner.namespace() == null || owner.namespace().equals(namespace);
  }

  private void forEachDependent(Uid owner, Consumer<Item> action) {
    for (KindGraph<?> graph : graphs.values()) {
      graph.dependents(owner).forEach(action);
    }
  }

  private boolean isBlocked(Uid owner) {
    for (KindGraph<?> graph : graphs.values()) {
      if (graph.hasBlocking(owner)) {
        return true;
      }
    }
    return false;
  }

  private Dependents dependents(Uid owner) {
    Dependents dependents = Dependents.NONE;
    for (KindGraph<?> graph : graphs.values()) {
      if (graph.hasWaiting(owner)) {
        return Dependents.WAITING;
      }
      if (graph.hasDependents(owner)) {
        dependents = Dependents.SOME;
      }
    }
    return dependents;
  }

  // ------------------------------------------------------------------------- attempt to delete

  private void attemptToDelete(Item item, WorkQueue.Done done) {
    client.get(
        item.kind(),
        item.key(),
        (object, error) -> {
          if (object == null || !item.uid().equals(object.metadata().uid())) {
            done.done(error == null || Batches.isGone(error));
            return;
          }
          Map<Uid, OwnerState> owners = new HashMap<>();
          ImmutableList<OwnerReference> references =
              CollectionSync.isWaiting(object.metadata())
                  ? ImmutableList.of()
                  : object.metadata().ownerReferences();
          Batches.oneByOne(
              references.size(),
              (i, answer) -> look(item, references.get(i), owners, answer),
              (sent, failure) -> {
                if (failure != null) {
                  done.done(false);
                } else {
                  act(item, object.metadata(), owners, done);
                }
              });
        });
  }

  /** Finds out how an owner is. */
  private void look(
      Item item, OwnerReference reference, Map<Uid, OwnerState> owners, Batches.Answer answer) {
    Kind<?> kind = Kinds.of(reference.apiVersion(), reference.kind());
    String namespace = item.key().namespace();
    if (kind.namespaced() && namespace == null) {
      // Cannot be resolved; the object is left alone (namespacedOwnerOfClusterScopedObjectErr).
      warnOfNamespace(item, reference);
      owners.put(reference.uid(), OwnerState.SOLID);
      answer.answered(null);
      return;
    }
    Absence absence = new Absence(reference.uid(), kind.namespaced() ? namespace : null);
    if (absent.containsKey(absence)) {
      owners.put(reference.uid(), OwnerState.ABSENT);
      answer.answered(null);
      return;
    }
    client.get(
        kind,
        new ObjectKey(absence.namespace, reference.name()),
        (owner, error) -> {
          if (error != null && !Batches.isGone(error)) {
            answer.answered(error);
            return;
          }
          if (owner == null || !reference.uid().equals(owner.metadata().uid())) {
            absent.put(absence, true);
            Present elsewhere = present.get(reference.uid());
            if (elsewhere != null && !isVisible(elsewhere.meta, namespace)) {
              warnOfNamespace(item, reference);
            }
            owners.put(reference.uid(), OwnerState.ABSENT);
          } else {
            owners.put(
                reference.uid(),
                CollectionSync.isWaiting(owner.metadata()) ? OwnerState.WAITING : OwnerState.SOLID);
          }
          answer.answered(null);
        });
  }

  private void warnOfNamespace(Item item, OwnerReference reference) {
    String namespace = item.key().namespace();
    KubeObject object = context.informers().informer(item.kind()).get(item.key());
    if (object != null) {
      recorder.event(
          object,
          NAME,
          "Warning",
          "OwnerRefInvalidNamespace",
          "ownerRef [%s/%s, namespace: %s, name: %s, uid: %s] does not exist in namespace \"%s\""
              .formatted(
                  reference.apiVersion(),
                  reference.kind(),
                  namespace == null ? "" : namespace,
                  reference.name(),
                  reference.uid(),
                  namespace == null ? "" : namespace));
    }
  }

  private void act(Item item, ObjectMeta meta, Map<Uid, OwnerState> owners, WorkQueue.Done done) {
    CollectionAction action =
        CollectionSync.decide(
            meta,
            reference -> owners.getOrDefault(reference.uid(), OwnerState.SOLID),
            dependents(item.uid()),
            isBlocked(item.uid()));
    switch (action) {
      case CollectionAction.Keep keep -> done.done(true);
      case CollectionAction.RemoveReferences(ImmutableSet<Uid> gone) ->
          patch(
              item,
              current -> without(current, gone),
              referencesRemoved,
              error -> done.done(error == null));
      case CollectionAction.RemoveFinalizer(String finalizer) ->
          removeFinalizer(item, finalizer, done);
      case CollectionAction.Delete(DeleteOptions.Propagation propagation, boolean unblock) -> {
        if (unblock) {
          patch(
              item,
              GarbageCollector::unblocked,
              referencesRemoved,
              error -> {
                if (error != null) {
                  done.done(false);
                } else {
                  delete(item, propagation, done);
                }
              });
        } else {
          delete(item, propagation, done);
        }
      }
    }
  }

  private void delete(Item item, DeleteOptions.Propagation propagation, WorkQueue.Done done) {
    client.delete(
        item.kind(),
        item.key(),
        new DeleteOptions(null, propagation, item.uid()),
        (deleted, error) -> {
          if (error == null) {
            objectsDeleted[0]++;
          }
          done.done(
              error == null
                  || Batches.isGone(error)
                  || error.reason() == ApiException.Reason.CONFLICT);
        });
  }

  // ------------------------------------------------------------------------- attempt to orphan

  private void attemptToOrphan(Item item, WorkQueue.Done done) {
    List<Item> dependents = new ArrayList<>();
    forEachDependent(item.uid(), dependents::add);
    Batches.all(
        dependents.size(),
        (i, answer) ->
            patch(
                dependents.get(i),
                current -> without(current, ImmutableSet.of(item.uid())),
                referencesRemoved,
                answer::answered),
        (sent, error) -> {
          if (error != null) {
            done.done(false);
          } else {
            removeFinalizer(item, CollectionSync.ORPHAN, done);
          }
        });
  }

  // ------------------------------------------------------------------------------------- small

  private void removeFinalizer(Item item, String finalizer, WorkQueue.Done done) {
    patch(
        item,
        current ->
            ObjectMetaBuilder.builder(current)
                .finalizers(
                    current.finalizers().stream()
                        .filter(other -> !other.equals(finalizer))
                        .collect(ImmutableList.toImmutableList()))
                .build(),
        finalizersRemoved,
        error -> done.done(error == null));
  }

  private static ObjectMeta without(ObjectMeta meta, ImmutableSet<Uid> owners) {
    return ObjectMetaBuilder.builder(meta)
        .ownerReferences(
            meta.ownerReferences().stream()
                .filter(reference -> !owners.contains(reference.uid()))
                .collect(ImmutableList.toImmutableList()))
        .build();
  }

  private static ObjectMeta unblocked(ObjectMeta meta) {
    return ObjectMetaBuilder.builder(meta)
        .ownerReferences(
            meta.ownerReferences().stream()
                .map(reference ->
                    OwnerReferenceBuilder.builder(reference).blockOwnerDeletion(false).build())
                .collect(ImmutableList.toImmutableList()))
        .build();
  }

  /** Changes an object's metadata; that it is gone already is no error. */
  private void patch(
      Item item,
      UnaryOperator<ObjectMeta> change,
      long[] counter,
      Consumer<@Nullable ApiException> finished) {
    KindGraph<?> graph = graphs.get(item.kind());
    if (graph == null) {
      throw new IllegalStateException(item.kind() + " is not watched");
    }
    graph.patch(
        item,
        change,
        error -> {
          if (error == null) {
            counter[0]++;
          }
          finished.accept(error == null || Batches.isGone(error) ? null : error);
        });
  }
}
