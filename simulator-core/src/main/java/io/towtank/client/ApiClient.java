package io.towtank.client;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * How a component talks to the API: a request waits for the client's rate limit, then takes the
 * request latency, then is committed; the answer comes with the commit.
 */
public final class ApiClient {
  private final String name;
  private final Simulation simulation;
  private final ApiStore store;
  private final Distribution requestLatency;
  private final ClientLimits limits;
  private final RandomStream random;
  private final TokenBucket bucket;
  private long requests;

  /**
   * @param name whose client it is, as in {@code kube-scheduler}
   */
  public ApiClient(
      String name,
      Simulation simulation,
      ApiStore store,
      Distribution requestLatency,
      ClientLimits limits) {
    this.name = name;
    this.simulation = simulation;
    this.store = store;
    this.requestLatency = requestLatency;
    this.limits = limits;
    this.random = simulation.random("client/" + name);
    this.bucket = new TokenBucket(limits);
  }

  /** Whose client it is. */
  public String name() {
    return name;
  }

  /** How many requests were sent. */
  public long requests() {
    return requests;
  }

  /** Reads an object as it is now, past all caches; NotFound where there is none. */
  public <T extends KubeObject> void get(Kind<T> kind, ObjectKey key, Reply<T> reply) {
    send(
        () -> {
          T object = store.get(kind, key.namespace(), key.name());
          if (object == null) {
            throw new ApiException(
                ApiException.Reason.NOT_FOUND, kind.plural() + " \"" + key.name() + "\" not found");
          }
          return object;
        },
        reply);
  }

  /** Creates an object. */
  public <T extends KubeObject> void create(T object, Reply<T> reply) {
    send(() -> store.create(object), reply);
  }

  /** Replaces all of an object but its status. */
  public <T extends KubeObject> void update(T object, Reply<T> reply) {
    send(() -> store.update(object), reply);
  }

  /** Replaces an object's status. */
  public <T extends KubeObject> void updateStatus(T object, Reply<T> reply) {
    send(() -> store.updateStatus(object), reply);
  }

  /**
   * Changes all of an object but its status by a patch, which meets whatever version the API has
   * when the request arrives and so never conflicts.
   *
   * @param change what becomes of that version; where it gives it back as it is, nothing is written
   */
  public <T extends KubeObject> void patch(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, Reply<T> reply) {
    send(() -> patched(kind, key, change, store::update), reply);
  }

  /** As {@link #patch}, for an object's status and nothing else. */
  public <T extends KubeObject> void patchStatus(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, Reply<T> reply) {
    send(() -> patched(kind, key, change, store::updateStatus), reply);
  }

  // The same instance means that nothing changes; to compare values would cost more than a write.
  @SuppressWarnings("ReferenceEquality")
  private <T extends KubeObject> T patched(
      Kind<T> kind, ObjectKey key, UnaryOperator<T> change, UnaryOperator<T> write) {
    T current = store.get(kind, key.namespace(), key.name());
    if (current == null) {
      throw new ApiException(
          ApiException.Reason.NOT_FOUND, kind.plural() + " \"" + key.name() + "\" not found");
    }
    T changed = change.apply(current);
    return changed == current ? current : write.apply(changed);
  }

  /** Deletes an object. */
  public <T extends KubeObject> void delete(
      Kind<T> kind, ObjectKey key, DeleteOptions options, Reply<T> reply) {
    send(() -> store.delete(kind, key.namespace(), key.name(), options), reply);
  }

  /** Binds a pod to a node. */
  public void bind(Pod pod, String nodeName, Reply<Pod> reply) {
    String namespace = pod.metadata().namespace();
    if (namespace == null) {
      throw new IllegalArgumentException("pod " + pod.name() + " has no namespace");
    }
    send(() -> store.bind(namespace, pod.name(), nodeName), reply);
  }

  private <T extends KubeObject> void send(Supplier<T> request, Reply<T> reply) {
    requests++;
    simulation.schedule(
        bucket.take(limits, simulation.nanos(), 1) + requestLatency.sampleNanos(random),
        () -> {
          T object;
          try {
            object = request.get();
          } catch (ApiException e) {
            reply.answer(null, e);
            return;
          }
          reply.answer(object, null);
        });
  }
}
