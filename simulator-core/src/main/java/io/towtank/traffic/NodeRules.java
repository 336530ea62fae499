package io.towtank.traffic;

import io.towtank.api.ObjectKey;
import io.towtank.time.Simulation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the nodes, sidecars or clients of one plane know of endpoints: they learn of changes by
 * syncs, all of them together.
 */
final class NodeRules {
  /** The cluster that rules are about. */
  interface Cluster {
    /** The endpoints of a service as they are now. */
    EndpointColumns endpoints(ObjectKey service);

    /** How many services there are. */
    long services();

    /** How many endpoints all services have. */
    long endpointCount();

    /** How many endpoints a service has. */
    long endpointCount(ObjectKey service);

    /** From now on requests go by these endpoints of a service. */
    void install(Dataplane plane, ObjectKey service, EndpointColumns columns);
  }

  private final Dataplane plane;
  private final Simulation simulation;
  private final Cluster cluster;
  private final Map<ObjectKey, EndpointColumns> installed = new HashMap<>();
  private Set<ObjectKey> changed = new LinkedHashSet<>();
  private long lastEndNanos = -1;
  private boolean syncing;

  NodeRules(Dataplane plane, Simulation simulation, Cluster cluster) {
    this.plane = plane;
    this.simulation = simulation;
    this.cluster = cluster;
  }

  /** The endpoints of a service as rules have them. */
  EndpointColumns of(ObjectKey service) {
    return installed.computeIfAbsent(service, cluster::endpoints);
  }

  /** A service or its endpoints have changed: there will be a sync. */
  void changed(ObjectKey service) {
    changed.add(service);
    if (!syncing) {
      syncing = true;
      long now = simulation.nanos();
      long start = plane.sync().startNanos(now, lastEndNanos);
      simulation.scheduleBackground(start - now, this::sync);
    }
  }

  private void sync() {
    Map<ObjectKey, EndpointColumns> seen = new LinkedHashMap<>();
    for (ObjectKey service : changed) {
      if (installed.containsKey(service)) {
        seen.put(service, cluster.endpoints(service));
      }
    }
    long duration =
        plane
            .sync()
            .durationNanos(
                cluster.services(), cluster.endpointCount(), changed.size(), changedEndpoints());
    changed = new LinkedHashSet<>();
    simulation.scheduleBackground(
        duration,
        () -> {
          syncing = false;
          lastEndNanos = simulation.nanos();
          seen.forEach((service, columns) -> {
            installed.put(service, columns);
            cluster.install(plane, service, columns);
          });
          if (!changed.isEmpty()) {
            syncing = true;
            simulation.scheduleBackground(plane.sync().minPeriodNanos(), this::sync);
          }
        });
  }

  private long changedEndpoints() {
    if (plane.sync().perChangedEndpointNanos() == 0) {
      return 0;
    }
    return lastEndNanos < 0
        ? cluster.endpointCount()
        : changed.stream().mapToLong(cluster::endpointCount).sum();
  }
}
