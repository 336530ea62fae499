package io.towtank.node;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Node;
import io.towtank.api.NodeAddress;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectors;
import io.towtank.api.NodeStatus;
import io.towtank.api.PodStatus;
import io.towtank.api.Quantity;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.client.TokenBucket;
import io.towtank.latency.ClientLimits;
import io.towtank.time.RandomStream;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node's kubelet: what it has, what its pods take of it, and which row of the {@link PodTable}
 * is its first pod. All that it does is in {@link HollowKubelets} and {@link PodWorker}.
 */
final class HollowKubelet {
  // mke2fs: inode_ratio; kernel: PID_MAX_LIMIT, which systemd sets
  private static final long BYTES_PER_INODE = 16_384;
  private static final long PID_MAX = 4_194_304;

  final String name;
  final RandomStream random;
  final TokenBucket bucket;
  final NodeImages images = new NodeImages();
  int firstRow = PodTable.NONE;
  int lastRow = PodTable.NONE;

  /** Whether there is a Node object. */
  boolean known;

  /** Whether the kubelet and its containers run. */
  boolean alive;

  /** Whether the kubelet has told the API that it is ready since it started. */
  boolean registered;

  /** Whether the node's Lease was created. */
  boolean leased;

  /** When the lease was first renewed since the kubelet started; from there on every 10 s. */
  long renewedFromNanos;

  /** When the kubelet started; its node status is looked at every 10 s from there on. */
  long startedNanos;

  /** Whether it ever crashed, so that containers that its pods' statuses tell of are lost. */
  boolean crashed;

  /** Whether stages tell that the node is ready, and not its kubelet. */
  boolean broughtUpByStages;

  /**
   * What became of static pods whose mirrors are being made again, by their names; null while none
   * ever was. Looked up, never iterated.
   */
  @Nullable Map<String, PodStatus> unmirrored;

  /** When it last crashed. */
  long crashedNanos;

  /** What it misses of the API and holds back; null while the two hear one another. */
  @Nullable Isolation isolation;

  /** Since when its lease is not renewed, while it is down or cut off. */
  long silentSinceNanos;

  /** How far its clock is ahead of the true time; negative where it is behind. */
  long clockNanos;

  /** The latest renewal of its lease that it told of by a clock that was changed since. */
  long latestRenewal = Long.MIN_VALUE;

  /** What its lease was last made to tell. */
  long toldRenewal = Timestamps.NONE;

  /** The timer of the renewal that is later than that one, 0 for none. */
  long renewalTimer;

  /** The timer of the next report of its status, 0 for none. */
  long statusTimer;

  /** By how much its disk is slower than it should be. */
  double diskFactor = 1;

  /** The way it is shut down in order; null while it is not. */
  @Nullable NodeShutdown shutdown;

  @Nullable String hostIp;
  @Nullable PodIps ips;

  /** Pods that wait for an address; null while none ever did. */
  @Nullable ArrayDeque<PodWorker> waitingForIp;

  /** The timer of the next report of images, 0 for none. */
  long reportTimer;

  /** When that is due. */
  long reportAtNanos;

  /** As the API has it; null before anything is known of it. */
  private @Nullable Node object;

  private @Nullable ImmutableMap<String, Quantity> allocatable;
  private long cpuMillis;
  private long memoryBytes;
  private long maxPods;
  private long capacityBytes;
  private long diskBytes;
  private long usedCpuMillis;
  private long usedMemoryBytes;
  private int usedPods;
  private @Nullable Map<String, Long> usedOthers;

  /** Its devices; null while no pod has any and none ever broke. */
  @Nullable NodeDevices devices;

  /** The conditions that it told of and that are not well, by type. */
  final Map<String, NodeCondition> pressures = new HashMap<>(0);

  /** How short it is of memory. */
  final NodePressure pressure;

  HollowKubelet(HollowKubelets kubelets, String name, RandomStream random, ClientLimits limits) {
    this.pressure = new NodePressure(kubelets, this);
    this.name = name;
    this.random = random;
    this.bucket = new TokenBucket(limits);
  }

  /** Takes over what the Node object says of the node. */
  // Most changes of a node leave what it offers as it is, the same instance.
  @SuppressWarnings("ReferenceEquality")
  void observe(Node seen) {
    object = seen;
    NodeStatus status = seen.status();
    ImmutableMap<String, Quantity> offered =
        status.allocatable().isEmpty() ? status.capacity() : status.allocatable();
    if (offered == allocatable) {
      return;
    }
    allocatable = offered;
    cpuMillis = amount("cpu");
    memoryBytes = amount("memory");
    maxPods = amount("pods");
    Quantity memory = status.capacity().get("memory");
    capacityBytes = memory == null ? memoryBytes : memory.value();
    Quantity disk = status.capacity().get("ephemeral-storage");
    diskBytes = disk == null ? amount("ephemeral-storage") : disk.value();
    for (NodeAddress address : status.addresses()) {
      if (address.type().equals("InternalIP")) {
        hostIp = address.address();
      }
    }
  }

  /**
   * When the last beat was of what is done again and again, in virtual nanoseconds: now or before,
   * or before the kubelet fell silent.
   */
  long lastBeat(long nowNanos, long fromNanos, long periodNanos) {
    long until = alive && isolation == null ? nowNanos : silentSinceNanos;
    return until < fromNanos ? fromNanos : until - (until - fromNanos) % periodNanos;
  }

  /** How long its disk takes for what takes so long with one that is well. */
  long slowed(long nanos) {
    return diskFactor == 1 ? nanos : (long) (nanos * diskFactor);
  }

  /** What it offers of a resource as far as it knows, in whole units. */
  long amount(String resource) {
    Quantity quantity = allocatable == null ? null : allocatable.get(resource);
    return quantity == null ? 0 : PodPlan.amount(resource, quantity);
  }

  /** As the API has it; null before anything is known of it. */
  @Nullable Node object() {
    return object;
  }

  /** Why a pod is refused. */
  record Refusal(String reason, String message) {}

  /** Another pod has a port of the node that a pod wants. */
  static final Refusal NO_FREE_PORTS =
      failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");

  /**
   * Whether the node takes a pod: it has room beside those that are here, is one that the pod asks
   * for, and has no taint that would drive it out at once (kubelet: lifecycle/predicate.go); null
   * where it does.
   */
  @Nullable Refusal refuse(PodPlan plan) {
    Refusal noRoom = noRoom(plan);
    if (noRoom != null || object == null) {
      return noRoom;
    }
    NodeSelector required = plan.requiredNodes;
    if (!NodeSelectors.matches(plan.spec.nodeSelector(), required, object)) {
      return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
    }
    for (Taint taint : object.spec().taints()) {
      if (taint.effect().equals("NoExecute")
          && plan.spec.tolerations().stream().noneMatch(t -> t.tolerates(taint))) {
        return failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
      }
    }
    return null;
  }

  private static Refusal failed(String predicate, String why) {
    return new Refusal(predicate, "Predicate " + predicate + " failed: " + why);
  }

  /** kube-scheduler: NodeResourcesFit; of devices, kubelet: devicemanager. */
  private @Nullable Refusal noRoom(PodPlan plan) {
    Refusal noDevices = plan.requestsOthers ? noDevices(plan) : null;
    if (noDevices != null) {
      return noDevices;
    }
    if (usedPods + 1 > maxPods) {
      return refusal("pods", 1, usedPods, maxPods);
    }
    if (plan.cpuMillis > 0 && plan.cpuMillis > cpuMillis - usedCpuMillis) {
      return refusal("cpu", plan.cpuMillis, usedCpuMillis, cpuMillis);
    }
    if (plan.memoryBytes > 0 && plan.memoryBytes > memoryBytes - usedMemoryBytes) {
      return refusal("memory", plan.memoryBytes, usedMemoryBytes, memoryBytes);
    }
    if (plan.requestsOthers) {
      for (Map.Entry<String, Long> request : plan.requests.entrySet()) {
        String resource = request.getKey();
        if (!isOther(resource)
            || NodeDevices.areDevices(resource)
            || allocatable == null
            || !allocatable.containsKey(resource)) {
          // kubelet: removeMissingExtendedResources, what the node does not know it does not
          // refuse;
          // sanitizeNodeAllocatable, devices that a pod got count as offered
          continue;
        }
        long used = usedOthers == null ? 0 : usedOthers.getOrDefault(resource, 0L);
        long capacity = amount(resource);
        if (request.getValue() > 0 && request.getValue() > capacity - used) {
          return refusal(resource, request.getValue(), used, capacity);
        }
      }
    }
    return null;
  }

  /**
   * Whether devices are missing. Those of extended resources are given to containers before
   * anything else is looked at, and come back when the pod ends.
   */
  private @Nullable Refusal noDevices(PodPlan plan) {
    for (Map.Entry<String, Long> request : plan.requests.entrySet()) {
      String resource = request.getKey();
      if (!NodeDevices.areDevices(resource)
          || allocatable == null
          || !allocatable.containsKey(resource)) {
        continue;
      }
      if (request.getValue() > 0 && devices != null && devices.allBroken(resource)) {
        return new Refusal(
            "UnexpectedAdmissionError",
            "Allocate failed due to no healthy devices present; cannot allocate unhealthy devices "
                + resource
                + ", which is unexpected");
      }
      long used = usedOthers == null ? 0 : usedOthers.getOrDefault(resource, 0L);
      long free =
          devices == null
              ? amount(resource) - used
              : devices.free(resource, amount(resource), used);
      if (request.getValue() > free) {
        return new Refusal(
            "UnexpectedAdmissionError",
            "Allocate failed due to requested number of devices unavailable for "
                + resource
                + ". Requested: "
                + request.getValue()
                + ", Available: "
                + Math.max(0, free)
                + ", which is unexpected");
      }
    }
    return null;
  }

  private static Refusal refusal(String resource, long requested, long used, long capacity) {
    return new Refusal(
        "OutOf" + resource,
        "Node didn't have enough resource: "
            + resource
            + ", requested: "
            + requested
            + ", used: "
            + used
            + ", capacity: "
            + capacity);
  }

  /** All that the node has of something, in bytes or by number; 0 where it does not say. */
  long capacity(NodeResource resource) {
    return switch (resource) {
      case MEMORY -> capacityBytes;
      case DISK -> diskBytes;
      case INODES -> annotated(NodePool.INODES, diskBytes / BYTES_PER_INODE);
      case PIDS -> annotated(NodePool.PIDS, PID_MAX);
    };
  }

  private long annotated(String annotation, long otherwise) {
    Long count =
        object == null ? null : NodeResource.count(object.metadata().annotations().get(annotation));
    return count == null || count == 0 ? otherwise : count;
  }

  private static boolean isOther(String resource) {
    return !resource.equals("cpu") && !resource.equals("memory");
  }

  void reserve(PodPlan plan) {
    account(plan, 1);
  }

  void release(PodPlan plan) {
    account(plan, -1);
  }

  private void account(PodPlan plan, int sign) {
    usedPods += sign;
    usedCpuMillis += sign * plan.cpuMillis;
    usedMemoryBytes += sign * plan.memoryBytes;
    if (plan.requestsOthers) {
      Map<String, Long> others = usedOthers == null ? new TreeMap<>() : usedOthers;
      usedOthers = others;
      plan.requests.forEach((resource, amount) -> {
        if (isOther(resource)) {
          others.merge(resource, sign * amount, Long::sum);
        }
      });
    }
  }

  /**
   * What pods take of the node now: their number, thousandths of cpu, bytes of memory, the rest.
   */
  String used() {
    return "pods "
        + usedPods
        + ", cpu "
        + usedCpuMillis
        + "m, memory "
        + usedMemoryBytes
        + others();
  }

  private String others() {
    StringBuilder text = new StringBuilder();
    if (usedOthers != null) {
      usedOthers.forEach((resource, amount) -> {
        if (amount != 0) {
          text.append(", ").append(resource).append(' ').append(amount);
        }
      });
    }
    return text.toString();
  }
}
