package io.towtank.store;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Deployment;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's objects, with a revision counter, optimistic concurrency and watches, as etcd and
 * the API server keep them.
 */
public final class ApiStore {
  private static final String SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private final Simulation simulation;
  private final ImmutableList<Admission> admissions;
  private final RandomStream suffixes;
  private final Map<Kind<?>, Map<ObjectKey, KubeObject>> tables = new HashMap<>();
  private final Map<Kind<?>, List<Subscription<?>>> watches = new HashMap<>();
  private final List<CommitListener> listeners = new ArrayList<>();
  private long revision;

  private record Change(@Nullable KubeObject previous, @Nullable KubeObject current) {}

  private static final class Subscription<T extends KubeObject> implements Watch {
    private final Kind<T> kind;
    private final WatchListener<T> listener;
    private final long delayNanos;
    private boolean stopped;

    Subscription(Kind<T> kind, WatchListener<T> listener, long delayNanos) {
      this.kind = kind;
      this.listener = listener;
      this.delayNanos = delayNanos;
    }

    void deliver(Change change) {
      if (stopped) {
        return;
      }
      KubeObject previous = change.previous;
      KubeObject current = change.current;
      if (previous == null && current != null) {
        listener.added(kind.type().cast(current));
      } else if (previous != null && current == null) {
        listener.deleted(kind.type().cast(previous));
      } else if (previous != null && current != null) {
        listener.modified(kind.type().cast(previous), kind.type().cast(current));
      }
    }

    @Override
    public void stop() {
      stopped = true;
    }
  }

  /** An empty store. */
  public ApiStore(Simulation simulation, ImmutableList<Admission> admissions) {
    this.simulation = simulation;
    this.admissions = admissions;
    this.suffixes = simulation.random("store/names");
  }

  /** The revision of the last write. */
  public long revision() {
    return revision;
  }

  /** Has a listener see every write from now on, at once. */
  public void addCommitListener(CommitListener listener) {
    listeners.add(listener);
  }

  /** An object, null where there is none. */
  public <T extends KubeObject> @Nullable T get(
      Kind<T> kind, @Nullable String namespace, String name) {
    return kind.type().cast(table(kind).get(new ObjectKey(namespace, name)));
  }

  /** The kinds of which there are, or were, objects. */
  public ImmutableList<Kind<?>> kinds() {
    return ImmutableList.copyOf(tables.keySet());
  }

  /** All objects of a kind, in order of namespace and name. */
  public <T extends KubeObject> ImmutableList<T> list(Kind<T> kind) {
    return table(kind).values().stream()
        .map(kind.type()::cast)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * Creates an object: makes its name from generateName if need be, gives it a uid, a creation time
   * and a revision.
   *
   * @throws ApiException AlreadyExists, or what admission refuses with
   */
  public <T extends KubeObject> T create(T object) {
    AdmissionRequest request = new AdmissionRequest(object, null, this);
    for (Admission admission : admissions) {
      request = request.withObject(admission.admit(request));
    }
    KubeObject admitted = request.object();
    ObjectMeta meta = admitted.metadata();
    String name = meta.name();
    if (name.isEmpty() && meta.generateName() != null) {
      name = meta.generateName() + suffix();
    }
    ObjectMetaBuilder builder =
        ObjectMetaBuilder.builder(meta)
            .name(name)
            .uid(Uid.of(suffixes.nextLong(), suffixes.nextLong()))
            .generation(1)
            .creationTimestamp(Timestamps.toSecond(simulation.epochNanos()))
            .deletionTimestamp(Timestamps.NONE);
    if (object.kind().namespaced() && meta.namespace() == null) {
      builder.namespace("default");
    }
    KubeObject stored = admitted.withMetadata(builder.build()).withResourceVersion(revision + 1);
    if (table(object.kind()).containsKey(ObjectKey.of(stored))) {
      throw new ApiException(
          ApiException.Reason.ALREADY_EXISTS,
          object.kind().plural() + " \"" + name + "\" already exists");
    }
    commit(null, stored);
    return cast(stored);
  }

  /**
   * Replaces all of an object but its status.
   *
   * @throws ApiException NotFound, or Conflict where the object's revision is not the newest (0:
   *     any)
   */
  public <T extends KubeObject> T update(T object) {
    KubeObject current = current(object);
    KubeObject next = object.withStatusOf(current);
    if (next.withMetadata(current.metadata())
            .withResourceVersion(current.resourceVersion())
            .equals(current)
        && next.metadata().equals(current.metadata())) {
      return cast(current);
    }
    boolean specChanged =
        !next.withMetadata(current.metadata())
            .withResourceVersion(current.resourceVersion())
            .equals(current);
    ObjectMetaBuilder meta =
        ObjectMetaBuilder.builder(object.metadata())
            .uid(current.metadata().uid())
            .creationTimestamp(current.metadata().creationTimestamp())
            .deletionTimestamp(current.metadata().deletionTimestamp())
            .deletionGracePeriodSeconds(current.metadata().deletionGracePeriodSeconds())
            .generation(current.metadata().generation() + (specChanged ? 1 : 0));
    next = next.withMetadata(meta.build()).withResourceVersion(revision + 1);
    if (next.metadata().deletionTimestamp() != Timestamps.NONE
        && next.metadata().finalizers().isEmpty()
        && !(next instanceof Pod pod && pod.nodeName() != null)) {
      commit(current, null);
      return cast(next);
    }
    commit(current, next);
    return cast(next);
  }

  /**
   * Replaces an object's status and nothing else; of a Deployment also the annotations, where its
   * controller keeps the revision (kube-apiserver: deployment/strategy.go,
   * deploymentStatusStrategy).
   *
   * @throws ApiException NotFound or Conflict
   */
  public <T extends KubeObject> T updateStatus(T object) {
    KubeObject current = current(object);
    KubeObject next = current.withStatusOf(object).withResourceVersion(revision + 1);
    if (object instanceof Deployment) {
      next =
          next.withMetadata(
              ObjectMetaBuilder.builder(next.metadata())
                  .annotations(object.metadata().annotations())
                  .build());
    }
    commit(current, next);
    return cast(next);
  }

  /**
   * Binds a pod to a node (pods/binding): sets the node's name and the condition PodScheduled.
   *
   * @throws ApiException NotFound, or Conflict where the pod is bound or being deleted
   */
  public Pod bind(String namespace, String name, String nodeName) {
    Pod pod = get(Kinds.POD, namespace, name);
    if (pod == null) {
      throw notFound(Kinds.POD, name);
    }
    if (pod.nodeName() != null) {
      throw new ApiException(
          ApiException.Reason.CONFLICT,
          "pod " + name + " is already assigned to node \"" + pod.nodeName() + "\"");
    }
    Pod bound = PodBuilder.builder(pod).nodeName(nodeName).resourceVersion(revision + 1).build();
    commit(pod, bound);
    return bound;
  }

  /**
   * Deletes an object: at once, or first marked where finalizers or a grace period hold it.
   *
   * @return the object as marked, or as it last was
   * @throws ApiException NotFound, or Conflict where the precondition fails
   */
  public <T extends KubeObject> T delete(
      Kind<T> kind, @Nullable String namespace, String name, DeleteOptions options) {
    T object = get(kind, namespace, name);
    if (object == null) {
      throw notFound(kind, name);
    }
    long grace = 0;
    if (object instanceof Pod pod && pod.nodeName() != null && !pod.status().phase().isTerminal()) {
      Long own = pod.spec().terminationGracePeriodSeconds();
      grace =
          options.gracePeriodSeconds() != null
              ? options.gracePeriodSeconds()
              : own == null ? 30 : own;
    }
    if (grace == 0 && object.metadata().finalizers().isEmpty()) {
      commit(object, null);
      return object;
    }
    if (object.metadata().deletionTimestamp() != Timestamps.NONE) {
      return object;
    }
    KubeObject marked =
        object
            .withMetadata(
                ObjectMetaBuilder.builder(object.metadata())
                    .deletionTimestamp(
                        Timestamps.toSecond(simulation.epochNanos() + grace * 1_000_000_000L))
                    .deletionGracePeriodSeconds(grace)
                    .build())
            .withResourceVersion(revision + 1);
    commit(object, marked);
    return kind.type().cast(marked);
  }

  /**
   * Tells a listener every change of a kind from now on.
   *
   * @param delayNanos how much later than the write it is told, in virtual nanoseconds
   */
  public <T extends KubeObject> Watch watch(
      Kind<T> kind, long delayNanos, WatchListener<T> listener) {
    Subscription<T> subscription = new Subscription<>(kind, listener, delayNanos);
    watches.computeIfAbsent(kind, k -> new ArrayList<>()).add(subscription);
    return subscription;
  }

  private void commit(@Nullable KubeObject previous, @Nullable KubeObject current) {
    revision++;
    KubeObject any = previous != null ? previous : current;
    if (any == null) {
      throw new IllegalArgumentException("a commit without an object");
    }
    Kind<?> kind = any.kind();
    if (current == null) {
      table(kind).remove(ObjectKey.of(any));
    } else {
      table(kind).put(ObjectKey.of(any), current);
    }
    for (CommitListener listener : listeners) {
      listener.committed(previous, current, revision);
    }
    Change change = new Change(previous, current);
    for (Subscription<?> watch : watches.getOrDefault(kind, List.of())) {
      simulation.schedule(watch.delayNanos, () -> watch.deliver(change));
    }
  }

  private KubeObject current(KubeObject object) {
    KubeObject current = table(object.kind()).get(ObjectKey.of(object));
    if (current == null) {
      throw notFound(object.kind(), object.name());
    }
    if (object.resourceVersion() != 0 && object.resourceVersion() != current.resourceVersion()) {
      throw new ApiException(
          ApiException.Reason.CONFLICT,
          "Operation cannot be fulfilled on "
              + object.kind().plural()
              + " \""
              + object.name()
              + "\": the object has been modified; please apply your changes to the latest version"
              + " and try again");
    }
    return current;
  }

  private static ApiException notFound(Kind<?> kind, String name) {
    return new ApiException(
        ApiException.Reason.NOT_FOUND, kind.plural() + " \"" + name + "\" not found");
  }

  private String suffix() {
    StringBuilder suffix = new StringBuilder(5);
    for (int i = 0; i < 5; i++) {
      suffix.append(SUFFIX_ALPHABET.charAt(suffixes.nextInt(SUFFIX_ALPHABET.length())));
    }
    return suffix.toString();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends KubeObject> T cast(KubeObject object) {
    return (T) object;
  }

  private Map<ObjectKey, KubeObject> table(Kind<?> kind) {
    return tables.computeIfAbsent(kind, k -> new TreeMap<>());
  }
}
