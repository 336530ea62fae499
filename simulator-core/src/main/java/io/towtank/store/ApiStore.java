package io.towtank.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.Event;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceSpec;
import io.towtank.api.NamespaceSpecBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.patch.PatchType;
import io.towtank.time.SelfCheck;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's objects, with a revision counter, optimistic concurrency and watches, as etcd and
 * the API server keep them.
 *
 * <p>A write is checked, admitted, given the next revision, told to commit listeners at once, and
 * taken into the history of its kind, from which watches tell it when their delay is over. What
 * changes nothing is no write. Objects are immutable values: what a reader has does not change.
 */
public final class ApiStore {
  // apiserver: registry/generic/registry/store.go, maxNameGenerationCreateAttempts
  private static final int NAME_ATTEMPTS = 8;

  private final Simulation simulation;
  private final StoreOptions options;
  private final Naming naming;
  private final EventExpiry eventExpiry;
  private final KindRules rules = new KindRules();
  private final Map<Kind<?>, KindStore<?>> kinds = new LinkedHashMap<>();
  private final List<CommitListener> listeners = new ArrayList<>();
  private long revision;

  /** What a pod's status becomes when it is bound in the current second. */
  private final IdentityMemo<PodStatus, PodStatus> boundStatuses =
      new IdentityMemo<>(1 << 12, this::bound);

  private long boundStatusesSecond;

  /** An empty store with these admissions. */
  public ApiStore(Simulation simulation, ImmutableList<Admission> admissions) {
    this(simulation, StoreOptions.PLAIN.withAdmissions(admissions));
  }

  /** An empty store. */
  public ApiStore(Simulation simulation, StoreOptions options) {
    this.simulation = simulation;
    this.options = options;
    this.naming = new Naming(simulation);
    this.eventExpiry = new EventExpiry(simulation, options.eventLifeNanos(), this::expire);
    simulation.addSelfCheck(
        new SelfCheck() {
          @Override
          public String name() {
            return "store: tables and indexes";
          }

          @Override
          public @Nullable String firstDifference() {
            return difference();
          }
        });
  }

  /** The simulation in whose time it lives. */
  public Simulation simulation() {
    return simulation;
  }

  /** The revision of the last write. */
  public long revision() {
    return revision;
  }

  /** The revision of the last write of a kind, 0 before the first. */
  public long revision(Kind<?> kind) {
    KindStore<?> store = kinds.get(kind);
    return store == null ? 0 : store.lastRevision();
  }

  /** Has a listener see every write from now on, at once. */
  public void addCommitListener(CommitListener listener) {
    listeners.add(listener);
  }

  // Reading

  /** An object, null where there is none. */
  public <T extends KubeObject> @Nullable T get(
      Kind<T> kind, @Nullable String namespace, String name) {
    return kindStore(kind).table().get(namespace, name);
  }

  /** How many objects of a kind there are. */
  public int count(Kind<?> kind) {
    KindStore<?> store = kinds.get(kind);
    return store == null ? 0 : store.table().size();
  }

  /** The kinds of which somebody has written, read or watched objects, first come first. */
  public ImmutableList<Kind<?>> kinds() {
    return ImmutableList.copyOf(kinds.keySet());
  }

  /** All objects of a kind, in order of namespace and name. */
  public <T extends KubeObject> ImmutableList<T> list(Kind<T> kind) {
    return list(kind, ListOptions.ALL).items();
  }

  /**
   * Objects of a kind at one revision, in order of namespace and name.
   *
   * @throws ApiException Expired where history no longer has the revision, Timeout where it is
   *     still to come, BadRequest for an unknown field or a token that is none
   */
  public <T extends KubeObject> ListPage<T> list(Kind<T> kind, ListOptions options) {
    return kindStore(kind).list(options);
  }

  /**
   * Tells the objects of a selection, without making lists. The order depends on nothing but the
   * writes so far. Nothing may be written meanwhile.
   *
   * @throws ApiException BadRequest for an unknown field
   */
  public <T extends KubeObject> void forEach(
      Kind<T> kind, Selection selection, Consumer<? super T> action) {
    kindStore(kind).forEach(selection, action);
  }

  /**
   * Keeps the objects of a kind by what a function says of them, for {@link #forEachInIndex}; null
   * leaves an object out. Where there is an index of that name already, nothing happens. An index
   * that is named like a field also serves selections by that field.
   */
  public <T extends KubeObject> void addIndex(
      Kind<T> kind, String name, Function<? super T, ? extends @Nullable Object> indexer) {
    kindStore(kind).table().addIndex(name, indexer);
  }

  /** Tells the objects of which an index says that value. */
  public <T extends KubeObject> void forEachInIndex(
      Kind<T> kind, String index, Object value, Consumer<? super T> action) {
    kindStore(kind).table().forEachInIndex(index, value, action);
  }

  // Writing

  /**
   * Creates an object: makes its name from generateName if need be, gives it a uid, a creation time
   * and a revision, whatever it has of these, and the status of a new object of its kind.
   *
   * @throws ApiException AlreadyExists, Invalid where it has no name, or what admission refuses
   *     with
   */
  public <T extends KubeObject> T create(T object) {
    KubeObject admitted = admit(inNamespace(object), null);
    return add(storeOf(object), rules.withNewStatus(admitted), false);
  }

  /**
   * Puts an object in as it comes, with its status, uid and times where it has them: an object that
   * was taken from another cluster. There is no admission.
   *
   * @throws ApiException AlreadyExists, or Invalid where it has no name
   */
  public <T extends KubeObject> T restore(T object) {
    KubeObject placed = inNamespace(object);
    if (placed instanceof Pod pod && (pod.status() == null || pod.status().phase() == null)) {
      placed = pod.withStatus(rules.pending(pod.spec()));
    }
    return add(storeOf(object), placed, true);
  }

  /**
   * Replaces all of an object but its status, where its kind has one.
   *
   * @return as stored; where nothing changes, as it was
   * @throws ApiException NotFound; Conflict where the object's revision is not the newest (0: any)
   *     or its uid is another; Invalid for what must not change; or what admission refuses with
   */
  public <T extends KubeObject> T update(T object) {
    T current = current(object);
    KubeObject next = current.kind().hasStatus() ? object.withStatusOf(current) : object;
    if (next instanceof Pod pod) {
      next = withNodeOf(pod, (Pod) (KubeObject) current);
    }
    ObjectMeta before = current.metadata();
    ObjectMeta asked = next.metadata();
    if (!asked.equals(before)) {
      ObjectMetaBuilder meta =
          ObjectMetaBuilder.builder(asked)
              .generateName(before.generateName())
              .uid(before.uid())
              .creationTimestamp(before.creationTimestamp())
              .deletionTimestamp(before.deletionTimestamp())
              .deletionGracePeriodSeconds(before.deletionGracePeriodSeconds())
              .generation(before.generation());
      next = next.withMetadata(meta.build());
    }
    next = admit(next, current);
    if (next.withResourceVersion(current.resourceVersion()).equals(current)) {
      return current;
    }
    if (KindRules.changesGeneration(next, current)) {
      ObjectMeta meta = next.metadata();
      next =
          next.withMetadata(
              ObjectMetaBuilder.builder(meta).generation(meta.generation() + 1).build());
    }
    return replace(current, next);
  }

  /**
   * Replaces an object's status and nothing else; of a Deployment also the annotations, where its
   * controller keeps the revision (kube-apiserver: deployment/strategy.go,
   * deploymentStatusStrategy).
   *
   * @return as stored; where nothing changes, as it was
   * @throws ApiException NotFound or Conflict
   */
  public <T extends KubeObject> T updateStatus(T object) {
    T current = current(object);
    KubeObject next = current.withStatusOf(object);
    if (object instanceof Deployment
        && !object.metadata().annotations().equals(current.metadata().annotations())) {
      next =
          next.withMetadata(
              ObjectMetaBuilder.builder(next.metadata())
                  .annotations(object.metadata().annotations())
                  .build());
    }
    return next.equals(current) ? current : replace(current, next);
  }

  /**
   * Binds a pod to a node (pods/binding): sets the node's name and the condition PodScheduled.
   *
   * @throws ApiException NotFound, or Conflict where the pod is bound, gated or being deleted
   */
  public Pod bind(String namespace, String name, String nodeName) {
    KindStore<Pod> pods = kindStore(Kinds.POD);
    Pod pod = pods.table().get(namespace, name);
    if (pod == null) {
      throw ApiException.notFound(Kinds.POD, name);
    }
    // pkg/registry/core/pod/storage/storage.go: setPodNodeAndMetadata
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
      throw ApiException.conflict(
          "pods/binding", name, "pod " + name + " is being deleted, cannot be assigned to a host");
    }
    if (pod.nodeName() != null && !pod.nodeName().isEmpty()) {
      throw ApiException.conflict(
          "pods/binding",
          name,
          "pod " + name + " is already assigned to node \"" + pod.nodeName() + "\"");
    }
    if (!pod.spec().schedulingGates().isEmpty()) {
      throw ApiException.conflict(
          "pods/binding", name, "pod " + name + " has non-empty .spec.schedulingGates");
    }
    long second = Timestamps.toSecond(simulation.epochNanos());
    if (second != boundStatusesSecond) {
      boundStatusesSecond = second;
      boundStatuses.clear();
    }
    Pod bound =
        new Pod(
            pod.metadata(),
            revision + 1,
            pod.spec(),
            nodeName,
            boundStatuses.get(pod.status()),
            pod.rest());
    commit(pods, pod, bound, false);
    return bound;
  }

  /**
   * Deletes an object: at once, or first marked where finalizers or a grace period hold it.
   *
   * @return the object as marked, or as it last was
   * @throws ApiException NotFound, or Conflict where a precondition fails
   */
  public <T extends KubeObject> T delete(
      Kind<T> kind, @Nullable String namespace, String name, DeleteOptions options) {
    KindStore<T> store = kindStore(kind);
    T object = store.table().get(namespace, name);
    if (object == null) {
      throw ApiException.notFound(kind, name);
    }
    checkPreconditions(object, options);
    return switch (Deletion.of(object, options, simulation.epochNanos())) {
      case Deletion.Pending pending -> object;
      case Deletion.Mark mark -> replace(object, mark.object());
      case Deletion.Remove remove -> remove(store, object, remove.last());
    };
  }

  /**
   * Deletes the objects of a selection, one by one, in order of namespace and name.
   *
   * @return each as {@link #delete} returns it
   */
  public <T extends KubeObject> ImmutableList<T> deleteCollection(
      Kind<T> kind, Selection selection, DeleteOptions options) {
    ImmutableList.Builder<T> deleted = ImmutableList.builder();
    for (T object : list(kind, ListOptions.of(selection)).items()) {
      deleted.add(delete(kind, object.metadata().namespace(), object.name(), options));
    }
    return deleted.build();
  }

  /**
   * Evicts a pod (pods/eviction): deletes it where its disruption budget allows that, and charges
   * the budget.
   *
   * @return as {@link #delete} returns it
   * @throws ApiException NotFound; Conflict where a precondition fails; TooManyRequests where the
   *     budget does not allow it; InternalError where the pod has several budgets
   */
  public Pod evict(String namespace, String name, DeleteOptions options) {
    Pod pod = get(Kinds.POD, namespace, name);
    if (pod == null) {
      throw ApiException.notFound(Kinds.POD, name);
    }
    checkPreconditions(pod, options);
    long now = simulation.epochNanos();
    PodDisruptionBudget charged = Eviction.charge(this, pod, now);
    if (charged != null) {
      updateStatus(charged);
    }
    updateStatus(Eviction.marked(pod, now));
    return delete(
        Kinds.POD,
        namespace,
        name,
        new DeleteOptions(options.gracePeriodSeconds(), options.propagation(), null));
  }

  /**
   * Changes an object by a patch, which meets whatever version is stored; a resourceVersion in the
   * patch makes it conditional.
   *
   * @param status whether the status is changed and nothing else, or all else
   * @throws ApiException NotFound; Conflict; BadRequest for a malformed patch; Invalid where it
   *     does not fit the object or makes it something else; UnsupportedMediaType for a strategic
   *     merge patch of a kind without a schema; or what admission refuses with
   */
  public <T extends KubeObject> T patch(
      Kind<T> kind,
      @Nullable String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      boolean status) {
    T current = get(kind, namespace, name);
    if (current == null) {
      throw ApiException.notFound(kind, name);
    }
    T patched = Patching.apply(current, kind, type, patch);
    return status ? updateStatus(patched) : update(patched);
  }

  // Watching

  /**
   * Tells a listener every change of a kind from now on.
   *
   * @param delayNanos how much later than the write it is told, in virtual nanoseconds
   */
  public <T extends KubeObject> Watch watch(
      Kind<T> kind, long delayNanos, WatchListener<T> listener) {
    return watch(kind, WatchOptions.all(delayNanos), listener);
  }

  /**
   * Tells a listener changes of a kind.
   *
   * @throws ApiException Expired where history does not reach back so far, Timeout where the
   *     revision is still to come, BadRequest for an unknown field
   */
  public <T extends KubeObject> Watch watch(
      Kind<T> kind, WatchOptions options, WatchListener<T> listener) {
    return kindStore(kind).watches().watch(options, listener);
  }

  /**
   * Forgets the history of a kind up to now: lists at earlier revisions and watches from there are
   * refused as Expired, and so are watches that are paused and have something still to tell.
   */
  public void compact(Kind<?> kind) {
    kindStore(kind).history().compact();
  }

  private KubeObject admit(KubeObject object, @Nullable KubeObject current) {
    if (options.admissions().isEmpty()) {
      return object;
    }
    AdmissionRequest request = new AdmissionRequest(object, current, this);
    for (Admission admission : options.admissions()) {
      request = request.withObject(admission.admit(request));
    }
    return request.object();
  }

  private static KubeObject inNamespace(KubeObject object) {
    ObjectMeta meta = object.metadata();
    if (object.kind().namespaced() == (meta.namespace() != null)) {
      return object;
    }
    return object.withMetadata(
        ObjectMetaBuilder.builder(meta)
            .namespace(object.kind().namespaced() ? "default" : null)
            .build());
  }

  private <T extends KubeObject> T add(KindStore<T> store, KubeObject object, boolean restored) {
    ObjectMeta meta = object.metadata();
    String namespace = meta.namespace();
    String name = meta.name();
    long now = simulation.epochNanos();
    if (name.isEmpty()) {
      name = generateName(store, object);
    } else {
      T existing = store.table().get(namespace, name);
      if (existing != null) {
        ApiException exists = ApiException.alreadyExists(object.kind(), name);
        throw existing.metadata().deletionTimestamp() == Timestamps.NONE
            ? exists
            : new ApiException(
                ApiException.Reason.ALREADY_EXISTS,
                "object is being deleted: " + exists.getMessage());
      }
    }
    Uid uid = restored ? meta.uid() : null;
    boolean keepsTime = restored && meta.creationTimestamp() != Timestamps.NONE;
    ObjectMeta stored =
        new ObjectMeta(
            name,
            meta.generateName(),
            namespace,
            uid != null
                ? uid
                : naming.uid(object.kind(), namespace, name, simulation.nanos(), revision + 1),
            KindRules.hasGeneration(object)
                ? restored && meta.generation() > 0 ? meta.generation() : 1
                : 0,
            keepsTime ? meta.creationTimestamp() : Timestamps.toSecond(now),
            restored ? meta.deletionTimestamp() : Timestamps.NONE,
            restored ? meta.deletionGracePeriodSeconds() : null,
            meta.labels(),
            meta.annotations(),
            meta.ownerReferences(),
            meta.finalizers(),
            meta.rest());
    KubeObject created;
    if (object instanceof Pod pod) {
      created = new Pod(stored, revision + 1, pod.spec(), pod.nodeName(), pod.status(), pod.rest());
    } else {
      KubeObject complete =
          object instanceof Namespace namespaceObject && options.finalizeNamespaces() && !restored
              ? withFinalizer(namespaceObject)
              : object;
      created =
          KindRules.withSelector(complete.withMetadata(stored).withResourceVersion(revision + 1));
    }
    T result = store.kind().type().cast(created);
    commit(store, null, result, false);
    return result;
  }

  private <T extends KubeObject> String generateName(KindStore<T> store, KubeObject object) {
    ObjectMeta meta = object.metadata();
    String generateName = meta.generateName();
    if (generateName == null || generateName.isEmpty()) {
      throw ApiException.invalid(
          object, "metadata.name: Required value: name or generateName is required");
    }
    for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      String name = naming.name(object.kind(), meta.namespace(), generateName, simulation.nanos());
      if (store.table().get(meta.namespace(), name) == null) {
        return name;
      }
    }
    throw new ApiException(
        ApiException.Reason.ALREADY_EXISTS,
        ApiException.alreadyExists(object.kind(), generateName).getMessage()
            + ", the server was not able to generate a unique name for the object");
  }

  /** pkg/registry/core/namespace/strategy.go: PrepareForCreate. */
  private static Namespace withFinalizer(Namespace namespace) {
    NamespaceSpec spec = namespace.spec();
    if (spec != null && spec.finalizers().contains("kubernetes")) {
      return namespace;
    }
    NamespaceSpecBuilder builder =
        spec == null ? NamespaceSpecBuilder.builder() : NamespaceSpecBuilder.builder(spec);
    ImmutableList.Builder<String> finalizers = ImmutableList.builder();
    if (spec != null) {
      finalizers.addAll(spec.finalizers());
    }
    return namespace.withSpec(builder.finalizers(finalizers.add("kubernetes").build()).build());
  }

  /** Writes the next version of an object, which goes where nothing holds it any more. */
  private <T extends KubeObject> T replace(T current, KubeObject next) {
    KindStore<T> store = storeOf(current);
    if (Deletion.endsWith(next, current.metadata())) {
      return remove(store, current, next);
    }
    T written = store.kind().type().cast(next.withResourceVersion(revision + 1));
    commit(store, current, written, false);
    return written;
  }

  private <T extends KubeObject> T remove(KindStore<T> store, T current, KubeObject last) {
    T removed = store.kind().type().cast(last.withResourceVersion(revision + 1));
    commit(store, current, removed, true);
    return removed;
  }

  private <T extends KubeObject> void commit(
      KindStore<T> store, @Nullable T previous, T current, boolean deletion) {
    revision++;
    store.commit(previous, current, deletion);
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).committed(previous, deletion ? null : current, revision);
    }
    if (current instanceof Event event && !deletion) {
      eventExpiry.written(event);
    }
  }

  private void expire(Event event) {
    KindStore<Event> events = kindStore(Kinds.EVENT);
    Event current = events.table().get(event.metadata().namespace(), event.name());
    if (current != null && current.resourceVersion() == event.resourceVersion()) {
      remove(events, current, current);
    }
  }

  private <T extends KubeObject> T current(T object) {
    ObjectMeta meta = object.metadata();
    KindStore<T> store = storeOf(object);
    T current = store.table().get(meta.namespace(), meta.name());
    if (current == null) {
      throw ApiException.notFound(object.kind(), object.name());
    }
    if (object.resourceVersion() != 0 && object.resourceVersion() != current.resourceVersion()) {
      throw ApiException.modified(object.kind(), object.name());
    }
    Uid uid = meta.uid();
    if (uid != null && !uid.equals(current.metadata().uid())) {
      // apiserver: storage/errors.go, as an update's precondition fails
      throw ApiException.conflict(
          object.kind(),
          object.name(),
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + current.metadata().uid());
    }
    return current;
  }

  private static void checkPreconditions(KubeObject object, DeleteOptions options) {
    Uid uid = options.preconditionUid();
    // The API server names the kind here where elsewhere it names the resource.
    if (uid != null && !uid.equals(object.metadata().uid())) {
      throw ApiException.conflict(
          object.kind().toString(),
          object.name(),
          "the UID in the precondition ("
              + uid
              + ") does not match the UID in record ("
              + object.metadata().uid()
              + "). The object might have been deleted and then recreated");
    }
    long expected = options.preconditionRevision();
    if (expected != 0 && expected != object.resourceVersion()) {
      throw ApiException.conflict(
          object.kind().toString(),
          object.name(),
          "the ResourceVersion in the precondition ("
              + expected
              + ") does not match the ResourceVersion in record ("
              + object.resourceVersion()
              + "). The object might have been modified");
    }
  }

  /** Only binding gives a pod a node; a client that does not know of it does not take it away. */
  private static Pod withNodeOf(Pod pod, Pod current) {
    String node = current.nodeName();
    if (pod.nodeName() != null && !pod.nodeName().equals(node)) {
      throw ApiException.invalid(pod, ApiException.POD_UPDATE);
    }
    return new Pod(
        pod.metadata(), pod.resourceVersion(), pod.spec(), node, pod.status(), pod.rest());
  }

  private PodStatus bound(PodStatus status) {
    PodCondition before = status.condition("PodScheduled");
    return before != null && before.status() == ConditionStatus.TRUE
        ? status
        : status.withCondition(scheduled(before));
  }

  private PodCondition scheduled(@Nullable PodCondition before) {
    PodConditionBuilder builder =
        before == null ? PodConditionBuilder.builder() : PodConditionBuilder.builder(before);
    return builder
        .type("PodScheduled")
        .status(ConditionStatus.TRUE)
        .lastProbeTime(Timestamps.NONE)
        .lastTransitionTime(Timestamps.toSecond(simulation.epochNanos()))
        .reason(null)
        .message(null)
        .build();
  }

  private @Nullable String difference() {
    for (KindStore<?> store : kinds.values()) {
      String difference = store.difference();
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // An object's kind has the object's type.
  private <T extends KubeObject> KindStore<T> storeOf(T object) {
    return (KindStore<T>) kindStore(object.kind());
  }

  @SuppressWarnings("unchecked") // A kind has one type of objects.
  private <T extends KubeObject> KindStore<T> kindStore(Kind<T> kind) {
    KindStore<T> store = (KindStore<T>) kinds.get(kind);
    if (store == null) {
      store = new KindStore<>(simulation, kind, options.history(), this::revision);
      kinds.put(kind, store);
    }
    return store;
  }
}
