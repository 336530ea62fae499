package io.towtank.api;

/**
 * An object of the Kubernetes API: an immutable value that the store keeps under its kind,
 * namespace and name.
 *
 * <p>Kinds that a component interprets are records with the fields that are read; what else a
 * document has is kept in {@link Fields} and written back. Every other kind is a {@link
 * GenericObject}.
 */
public sealed interface KubeObject
    permits CronJob,
        CsiNode,
        DaemonSet,
        Deployment,
        EndpointSlice,
        Event,
        GenericObject,
        HorizontalPodAutoscaler,
        Job,
        Lease,
        LimitRange,
        Namespace,
        Node,
        PersistentVolume,
        PersistentVolumeClaim,
        Pod,
        PodDisruptionBudget,
        PriorityClass,
        ReplicaSet,
        ResourceQuota,
        Service,
        StatefulSet,
        StorageClass {
  /** What kind of object this is. */
  Kind<?> kind();

  /** Name, namespace, labels, owners and the like. */
  ObjectMeta metadata();

  /** The store's revision at which this version was written, 0 if it never was. */
  long resourceVersion();

  /** This object with other metadata. */
  KubeObject withMetadata(ObjectMeta metadata);

  /** This object as written at a revision. */
  KubeObject withResourceVersion(long resourceVersion);

  /** This object with the status of {@code other}, which is of the same kind. */
  default KubeObject withStatusOf(KubeObject other) {
    return this;
  }

  /** The name within kind and namespace. */
  default String name() {
    return metadata().name();
  }
}
