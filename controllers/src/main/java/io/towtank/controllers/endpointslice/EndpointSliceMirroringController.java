package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import io.towtank.api.EndpointSlice;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Service;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.record.Recorder;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps slices like the Endpoints that users write for services without a selector, so that those
 * who read slices alone see them (kube-controller-manager: endpointslicemirroring-controller).
 */
public final class EndpointSliceMirroringController implements Component {
  private static final String NAME = "endpointslicemirroring-controller";
  private static final String BY_ENDPOINTS = "endpointslicemirroring/endpoints";
  // kube-controller-manager: --mirroring-concurrent-service-endpoint-syncs
  private static final int WORKERS = 5;

  private static final Kind<GenericObject> ENDPOINTS =
      new Kind<>(
          GenericObject.class,
          "",
          "v1",
          "Endpoints",
          "endpoints",
          true,
          false,
          ImmutableList.of("ep"));

  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<Service> services;
  private final Informer<GenericObject> endpoints;
  private final Informer<EndpointSlice> slices;
  private final WorkQueue<ObjectKey> queue;
  // What the informer has to show before slices are looked at again: revisions by name.
  private final Map<ObjectKey, Map<String, Long>> expected = new HashMap<>();
  private final long[] syncs;
  private final long[] writes;

  /** A controller that does nothing before its start. */
  public EndpointSliceMirroringController(ComponentContext context) {
    this.client = context.client();
    this.recorder = context.recorder();
    this.services = context.informers().informer(Kinds.SERVICE);
    this.endpoints = context.informers().informer(ENDPOINTS);
    this.slices = context.informers().informer(Kinds.ENDPOINT_SLICE);
    this.queue = new WorkQueue<>(context.simulation(), WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.writes = recorder.counter(NAME + "/writes");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    slices.addIndex(BY_ENDPOINTS, EndpointSliceMirroringController::mirrored);
    services.addHandler(
        WatchListener.ofAny(service -> {
          if (endpoints.get(ObjectKey.of(service)) != null) {
            queue.add(ObjectKey.of(service));
          }
        }));
    endpoints.addHandler(WatchListener.ofAny(object -> queue.add(ObjectKey.of(object))));
    slices.addHandler(
        WatchListener.ofAny(slice -> {
          ObjectKey key = mirrored(slice);
          if (key != null) {
            queue.add(key);
          }
        }));
  }

  private static @Nullable ObjectKey mirrored(EndpointSlice slice) {
    String name = slice.metadata().labels().get(Labels.SERVICE_NAME);
    return name != null
            && Mirroring.MANAGED_BY.equals(slice.metadata().labels().get(Labels.MANAGED_BY))
        ? new ObjectKey(slice.metadata().namespace(), name)
        : null;
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    GenericObject object = endpoints.get(key);
    Service service = services.get(key);
    List<EndpointSlice> existing =
        slices.byIndex(BY_ENDPOINTS, key).stream()
            .filter(slice -> slice.metadata().deletionTimestamp() == Timestamps.NONE)
            .toList();
    if (!isCacheUpToDate(key)) {
      // The informer will tell of what is missing, and the key is added then.
      done.done(true);
      return;
    }
    boolean wanted =
        object != null
            && Mirroring.isWanted(object)
            && service != null
            && (service.spec() == null || service.spec().selector().isEmpty());
    if (!wanted || object == null) {
      send(key, ImmutableList.of(), ImmutableList.of(), ImmutableList.copyOf(existing), done);
      return;
    }
    Mirroring.Decision decision = Mirroring.decide(object, existing);
    if (decision.invalid() > 0) {
      recorder.event(
          object,
          NAME,
          "Warning",
          "InvalidIPAddress",
          "Skipped %d invalid IP addresses when mirroring to EndpointSlices"
              .formatted(decision.invalid()));
    }
    if (decision.skipped() > 0) {
      recorder.event(
          object,
          NAME,
          "Warning",
          "TooManyAddressesToMirror",
          ("A max of %d addresses can be mirrored to EndpointSlices per Endpoints subset."
                  + " %d addresses were skipped")
              .formatted(Mirroring.MAX_PER_SUBSET, decision.skipped() + decision.invalid()));
    }
    boolean ending = object.metadata().deletionTimestamp() != Timestamps.NONE;
    send(
        key,
        ending ? ImmutableList.of() : decision.creations(),
        decision.updates(),
        decision.deletions(),
        done);
  }

  private boolean isCacheUpToDate(ObjectKey key) {
    Map<String, Long> revisions = expected.get(key);
    if (revisions == null) {
      return true;
    }
    for (Map.Entry<String, Long> revision : revisions.entrySet()) {
      EndpointSlice slice = slices.get(key.namespace(), revision.getKey());
      if (slice == null || slice.resourceVersion() < revision.getValue()) {
        return false;
      }
    }
    expected.remove(key);
    return true;
  }

  private void send(
      ObjectKey key,
      ImmutableList<EndpointSlice> creations,
      ImmutableList<EndpointSlice> updates,
      ImmutableList<EndpointSlice> deletions,
      WorkQueue.Done done) {
    int created = creations.size();
    int changed = created + updates.size();
    Batches.oneByOne(
        changed + deletions.size(),
        (i, answer) -> {
          writes[0]++;
          if (i < created) {
            client.create(
                creations.get(i),
                (slice, error) -> {
                  expect(key, slice);
                  answer.answered(error);
                });
          } else if (i < changed) {
            client.update(
                updates.get(i - created),
                (slice, error) -> {
                  expect(key, slice);
                  answer.answered(error);
                });
          } else {
            client.delete(
                Kinds.ENDPOINT_SLICE,
                ObjectKey.of(deletions.get(i - changed)),
                DeleteOptions.DEFAULT,
                (slice, error) -> answer.answered(error));
          }
        },
        (sent, error) -> done.done(error == null));
  }

  private void expect(ObjectKey key, @Nullable EndpointSlice slice) {
    if (slice != null) {
      Objects.requireNonNull(expected.computeIfAbsent(key, k -> new HashMap<>()))
          .put(slice.name(), slice.resourceVersion());
    }
  }
}
