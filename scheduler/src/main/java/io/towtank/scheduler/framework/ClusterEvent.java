package io.towtank.scheduler.framework;

/**
 * Something that happened in the cluster and may help a pod that was turned down (kube-scheduler:
 * ClusterEvent).
 *
 * @param actions the union of {@code Action} bits
 */
public record ClusterEvent(Resource resource, int actions) {
  /** Of what kind of object the event tells. */
  public enum Resource {
    /** A pod that runs on a node or is about to. */
    ASSIGNED_POD,
    /** A pod that waits itself. */
    UNSCHEDULED_POD,
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    CSI_NODE,
    STORAGE_CLASS,
    CSI_DRIVER,
    CSI_STORAGE_CAPACITY,
    VOLUME_ATTACHMENT,
    NAMESPACE,
    /** Any of them. */
    ANY
  }

  public static final int ADD = 1;
  public static final int DELETE = 1 << 1;
  public static final int UPDATE_NODE_ALLOCATABLE = 1 << 2;
  public static final int UPDATE_NODE_LABEL = 1 << 3;
  public static final int UPDATE_NODE_TAINT = 1 << 4;
  public static final int UPDATE_POD_LABEL = 1 << 5;
  public static final int UPDATE_POD_SCALE_DOWN = 1 << 6;
  public static final int UPDATE_POD_TOLERATIONS = 1 << 7;
  public static final int UPDATE_POD_GATES_ELIMINATED = 1 << 8;

  /** Any change that has no name of its own. */
  public static final int UPDATE_OTHER = 1 << 9;

  /** The status of one of a node's conditions, not the time of its heartbeat. */
  public static final int UPDATE_NODE_CONDITION = 1 << 10;

  public static final int UPDATE_NODE_ANNOTATION = 1 << 11;

  public static final int UPDATE = 0xffc;
  public static final int ALL = 0xfff;

  /** Whether an event is one that this registration is about. */
  public boolean covers(ClusterEvent event) {
    return (resource == Resource.ANY || resource == event.resource)
        && (actions & event.actions) != 0;
  }
}
