package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointSlice;
import io.towtank.api.ObjectReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A slice as the API has it, and what a sync is about to change of it. Only slices that something
 * changes in are walked through, so that a sync costs as much as its changes.
 */
final class TrackedSlice {
  private @Nullable EndpointSlice written;
  private ImmutableList<Endpoint> endpoints;
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final List<Endpoint> added = new ArrayList<>();
  private int size;

  /** What becomes of a pod's endpoint: another one, or none. */
  private record Change(@Nullable Endpoint endpoint) {}

  private static final Change REMOVED = new Change(null);

  /** A slice that is not there yet. */
  TrackedSlice() {
    this.endpoints = ImmutableList.of();
  }

  /** A slice as the API has it. */
  TrackedSlice(EndpointSlice written) {
    this.written = written;
    this.endpoints = written.endpoints();
    this.size = endpoints.size();
  }

  /** The slice as it was written last, null where it never was. */
  @Nullable EndpointSlice written() {
    return written;
  }

  void written(EndpointSlice written) {
    this.written = written;
  }

  /** The endpoints that it has, or will have once it is written. */
  ImmutableList<Endpoint> endpoints() {
    return endpoints;
  }

  /** Sets all endpoints at once: those with other hints, or without those that are nobody's. */
  void endpoints(ImmutableList<Endpoint> endpoints) {
    this.endpoints = endpoints;
    this.size = endpoints.size();
  }

  /** How many endpoints it will have. */
  int size() {
    return size;
  }

  void replace(String pod, Endpoint endpoint) {
    changes.put(pod, new Change(endpoint));
  }

  void remove(String pod) {
    changes.put(pod, REMOVED);
    size--;
  }

  void add(Endpoint endpoint) {
    added.add(endpoint);
    size++;
  }

  /** Carries out what was asked for: what stays keeps its place, what is new comes last. */
  void settle() {
    if (!changes.isEmpty() || !added.isEmpty()) {
      ImmutableList.Builder<Endpoint> settled = ImmutableList.builderWithExpectedSize(size);
      for (Endpoint endpoint : endpoints) {
        ObjectReference pod = endpoint.targetRef();
        Change change = pod == null || changes.isEmpty() ? null : changes.get(pod.name());
        if (change == null) {
          settled.add(endpoint);
        } else if (change.endpoint != null) {
          settled.add(change.endpoint);
        }
      }
      settled.addAll(added);
      endpoints = settled.build();
      changes.clear();
      added.clear();
    }
  }
}
