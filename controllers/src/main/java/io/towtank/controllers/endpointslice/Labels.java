package io.towtank.controllers.endpointslice;

/** Labels and annotations of endpoint slices (k8s.io/api/discovery/v1: well_known_labels.go). */
final class Labels {
  /** The service whose endpoints a slice holds. */
  static final String SERVICE_NAME = "kubernetes.io/service-name";

  /** The controller that writes a slice. */
  static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

  /** Marks the slices of services without an address. */
  static final String HEADLESS = "service.kubernetes.io/headless";

  /** Keeps Endpoints from being mirrored. */
  static final String SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror";

  /** When the change happened that a slice was written for (annotation). */
  static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

  /** Asks for topology aware hints (annotation of services). */
  static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";

  /** The older name of {@link #TOPOLOGY_MODE}. */
  static final String TOPOLOGY_AWARE_HINTS = "service.kubernetes.io/topology-aware-hints";

  private Labels() {}
}
