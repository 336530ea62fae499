package io.towtank.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.patch.PatchType;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.ListOptions;
import io.towtank.store.Selection;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a component talks to the API: a request waits for the client's rate limit, then takes the
 * request latency, then is committed; the answer comes with the commit.
 */
public final class ApiClient {
  // plugin/pkg/admission/serviceaccount: getServiceAccount
  private static final int LOOKS = 9;
  private static final long LOOK_NANOS = 100_000_000L;

  private final String name;
  private final Simulation simulation;
  private final ApiStore store;
  private final Distribution requestLatency;
  private final ClientLimits limits;
  private final RandomStream random;
  private final TokenBucket bucket;
  private final ApiFaults faults;
  private final Map<Verb, long[]> requests = new EnumMap<>(Verb.class);

  /**
   * @param name whose client it is, as in {@code kube-scheduler}
   */
  public ApiClient(
      String name,
      Simulation simulation,
      ApiStore store,
      Distribution requestLatency,
      ClientLimits limits) {
    this(name, simulation, store, requestLatency, limits, new ApiFaults());
  }

  /**
   * @param name whose client it is, as in {@code kube-scheduler}
   * @param faults what is wrong between this client and the API, changing as time goes on
   */
  public ApiClient(
      String name,
      Simulation simulation,
      ApiStore store,
      Distribution requestLatency,
      ClientLimits limits,
      ApiFaults faults) {
    this.faults = faults;
    this.name = name;
    this.simulation = simulation;
    this.store = store;
    this.requestLatency = requestLatency;
    this.limits = limits;
    this.random = simulation.random("client/" + name);
    this.bucket = new TokenBucket(limits);
    for (Verb verb : Verb.values()) {
      requests.put(verb, new long[1]);
    }
  }

  /** How many requests were sent. */
  public long requests() {
    long total = 0;
    for (long[] count : requests.values()) {
      total += count[0];
    }
    return total;
  }

  /** How many requests with a verb were sent. Binding and evicting are creations. */
  public long requests(Verb verb) {
    return counter(verb)[0];
  }

  /** Reads an object as it is now, past all caches; NotFound where there is none. */
  public <T extends KubeObject> void get(Kind<T> kind, ObjectKey key, Reply<T> reply) {
    send(Verb.GET, kind, key.name(), () -> stored(kind, key), reply);
  }

  /** Lists objects as they are now, past all caches. */
  public <T extends KubeObject> void list(Kind<T> kind, ListOptions options, ListReply<T> reply) {
    answer(Verb.LIST, kind, "", () -> store.list(kind, options), reply::answer);
  }

  /** Creates an object. */
  public <T extends KubeObject> void create(T object, Reply<T> reply) {
    send(Verb.CREATE, object.kind(), object.name(), () -> store.create(object), reply);
  }

  /** Replaces all of an object but its status. */
  public <T extends KubeObject> void update(T object, Reply<T> reply) {
    send(Verb.UPDATE, object.kind(), object.name(), () -> store.update(object), reply);
  }

  /** Replaces an object's status. */
  public <T extends KubeObject> void updateStatus(T object, Reply<T> reply) {
    send(Verb.UPDATE, object.kind(), object.name(), () -> store.updateStatus(object), reply);
  }

  /**
   * Changes all of an object but its status by a patch, which meets whatever version the API has
   * when the request arrives and so never conflicts.
   *
   * @param change what becomes of that version; where it gives it back as it is, nothing is written
   */
  public <T extends KubeObject> void patch(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, Reply<T> reply) {
    send(Verb.PATCH, kind, key.name(), () -> patched(kind, key, change, store::update), reply);
  }

  /** As {@link #patch}, for an object's status and nothing else. */
  public <T extends KubeObject> void patchStatus(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, Reply<T> reply) {
    send(
        Verb.PATCH, kind, key.name(), () -> patched(kind, key, change, store::updateStatus), reply);
  }

  // The same instance means that nothing changes; to compare values would cost more than a write.
  @SuppressWarnings("ReferenceEquality")
  private <T extends KubeObject> T patched(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, UnaryOperator<T> write) {
    T current = stored(kind, key);
    T changed = change.apply(current);
    return changed == current ? current : write.apply(changed);
  }

  /**
   * Changes an object by a patch document.
   *
   * @param status whether the status is changed and nothing else, or all else
   */
  public <T extends KubeObject> void patch(
      Kind<T> kind, ObjectKey key, PatchType type, JsonNode patch, boolean status, Reply<T> reply) {
    send(
        Verb.PATCH,
        kind,
        key.name(),
        () -> store.patch(kind, key.namespace(), key.name(), type, patch, status),
        reply);
  }

  /** Deletes an object. */
  public <T extends KubeObject> void delete(
      Kind<T> kind, ObjectKey key, DeleteOptions options, Reply<T> reply) {
    send(
        Verb.DELETE,
        kind,
        key.name(),
        () -> store.delete(kind, key.namespace(), key.name(), options),
        reply);
  }

  /** Deletes the objects of a selection, by one request. */
  public <T extends KubeObject> void deleteCollection(
      Kind<T> kind,
      Selection selection,
      DeleteOptions options,
      Consumer<@Nullable ApiException> reply) {
    answer(
        Verb.DELETECOLLECTION,
        kind,
        "",
        () -> store.deleteCollection(kind, selection, options),
        (deleted, error) -> reply.accept(error));
  }

  /** Binds a pod to a node. */
  public void bind(Pod pod, String nodeName, Reply<Pod> reply) {
    String namespace = namespace(pod);
    send(
        Verb.CREATE,
        Kinds.POD,
        pod.name(),
        () -> store.bind(namespace, pod.name(), nodeName),
        reply);
  }

  /** Evicts a pod: TooManyRequests where its disruption budget does not allow that now. */
  public void evict(Pod pod, DeleteOptions options, Reply<Pod> reply) {
    String namespace = namespace(pod);
    send(
        Verb.CREATE,
        Kinds.POD,
        pod.name(),
        () -> store.evict(namespace, pod.name(), options),
        reply);
  }

  private long[] counter(Verb verb) {
    return Objects.requireNonNull(requests.get(verb));
  }

  private static String namespace(Pod pod) {
    String namespace = pod.metadata().namespace();
    if (namespace == null) {
      throw new IllegalArgumentException("pod " + pod.name() + " has no namespace");
    }
    return namespace;
  }

  private <T extends KubeObject> T stored(Kind<T> kind, ObjectKey key) {
    T object = store.get(kind, key.namespace(), key.name());
    if (object == null) {
      throw ApiException.notFound(kind, key.name());
    }
    return object;
  }

  private <T extends KubeObject> void send(
      Verb verb, Kind<?> kind, String name, Supplier<T> request, Reply<T> reply) {
    answer(verb, kind, name, request, reply::answer);
  }

  private <R> void answer(
      Verb verb,
      Kind<?> kind,
      String name,
      Supplier<R> request,
      BiConsumer<@Nullable R, @Nullable ApiException> reply) {
    counter(verb)[0]++;
    long waitNanos = bucket.take(limits, simulation.nanos(), 1);
    long requestNanos = requestLatency.sampleNanos(random);
    if (faults.any()) {
      requestNanos = faults.nanos(requestNanos, this.name, verb, kind);
      ApiException refusal = faults.refusal(this.name, verb, kind, name);
      if (refusal != null) {
        simulation.schedule(waitNanos + requestNanos, () -> reply.accept(null, refusal));
        return;
      }
    }
    simulation.schedule(waitNanos + requestNanos, () -> attempt(request, reply, LOOKS, 0));
  }

  /**
   * Has a request served.
   *
   * @param looks how many times more the API server looks for what is awaited
   * @param betweenNanos how long it waits in between; 0 before the first time
   */
  private <R> void attempt(
      Supplier<R> request,
      BiConsumer<@Nullable R, @Nullable ApiException> reply,
      int looks,
      long betweenNanos) {
    R result;
    try {
      result = request.get();
    } catch (ApiException e) {
      if (e.isAwaited() && looks > 0) {
        long wait = betweenNanos != 0 ? betweenNanos : LOOK_NANOS + random.nextLong(LOOK_NANOS);
        simulation.schedule(wait, () -> attempt(request, reply, looks - 1, wait));
      } else {
        reply.accept(null, e);
      }
      return;
    }
    reply.accept(result, null);
  }
}
