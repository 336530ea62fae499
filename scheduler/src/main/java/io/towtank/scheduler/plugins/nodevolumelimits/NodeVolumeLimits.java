package io.towtank.scheduler.plugins.nodevolumelimits;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiNode;
import io.towtank.api.CsiNodeDriver;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.StorageClass;
import io.towtank.api.Volume;
import io.towtank.api.VolumeNodeResources;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.volumebinding.PodClaims;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
import io.towtank.volume.VolumeAttachments;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeDrivers;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node can have so many volumes of a storage driver attached and no more (kube-scheduler:
 * NodeVolumeLimits).
 *
 * <p>What counts on a node are the volumes of its pods, and those that are attached all the same:
 * their pods are gone, but they are not detached yet.
 */
public final class NodeVolumeLimits implements FilterPlugin<NodeVolumeLimits.Demand> {
  static final Status REASON = Status.unschedulable("node(s) exceed max volume count");

  /** What a pod brings. */
  public sealed interface Demand {
    /** A claim is not there: nobody knows what it brings. */
    record Unknown(Status why) implements Demand {}

    /**
     * Volumes that drivers attach.
     *
     * @param driverOfVolume each volume's driver; a volume that several claims name is one
     */
    record Attachable(ImmutableMap<String, String> driverOfVolume) implements Demand {}
  }

  private final Volumes volumes;

  /** The plugin. */
  public NodeVolumeLimits(ClusterState state) {
    this.volumes = state.volumes();
  }

  @Override
  public String name() {
    return Names.NODE_VOLUME_LIMITS;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(ClusterEvent.Resource.CSI_NODE, ClusterEvent.ADD),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.CSI_NODE,
            ClusterEvent.UPDATE_OTHER,
            (pod, previous, current) ->
                previous instanceof CsiNode before
                    && current instanceof CsiNode now
                    && allowsMore(before, now)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE,
            (pod, previous, current) -> previous instanceof Pod left && mayHaveAttached(left)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
            ClusterEvent.ADD,
            (pod, previous, current) -> PodClaims.isOf(pod, current)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.VOLUME_ATTACHMENT,
            ClusterEvent.DELETE,
            NodeVolumeLimits::maybeOfItsDriver));
  }

  private static boolean allowsMore(CsiNode before, CsiNode now) {
    return now.spec().drivers().stream()
        .anyMatch(driver -> count(driver) > count(driver(before, driver.name())));
  }

  private static @Nullable CsiNodeDriver driver(CsiNode node, String name) {
    return node.spec().drivers().stream()
        .filter(driver -> driver.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** As upstream compares limits: none is 0. */
  private static int count(@Nullable CsiNodeDriver driver) {
    Integer limit = driver == null ? null : limit(driver);
    return limit == null ? 0 : limit;
  }

  private static boolean mayHaveAttached(Pod left) {
    return (left.nodeName() != null || left.status().nominatedNodeName() != null)
        && mayAttach(left.spec());
  }

  private static boolean maybeOfItsDriver(
      Pod pod, @Nullable KubeObject previous, @Nullable KubeObject current) {
    String driver =
        previous instanceof GenericObject detached ? VolumeAttachments.driver(detached) : "";
    return pod.spec().volumes().stream()
        .anyMatch(volume -> VolumeClaims.isClaimed(volume) || isOf(driver, volume));
  }

  private static boolean isOf(String driver, Volume volume) {
    MigratedVolumes.Attachable migrated = MigratedVolumes.of(volume);
    return migrated != null && migrated.driver().equals(driver);
  }

  @Override
  public long generation(PodInfo pod) {
    return mayAttach(pod.spec()) ? volumes.generation() + 1 : 0;
  }

  private static boolean mayAttach(PodSpec spec) {
    for (int i = 0; i < spec.volumes().size(); i++) {
      Volume volume = spec.volumes().get(i);
      if (VolumeClaims.isClaimed(volume) || MigratedVolumes.of(volume) != null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public PreFilterResult<Demand> preFilter(PodInfo pod) {
    for (String name : PodClaims.names(pod)) {
      if (volumes.claim(pod.namespace(), name) == null) {
        return PreFilterResult.demand(
            new Demand.Unknown(
                Status.unresolvable(
                    "looking up PVC %s/%s: persistentvolumeclaim \"%s\" not found"
                        .formatted(pod.namespace(), name, name))));
      }
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    addAttachable(pod, wanted);
    return wanted.isEmpty()
        ? PreFilterResult.skip()
        : PreFilterResult.demand(new Demand.Attachable(ImmutableMap.copyOf(wanted)));
  }

  @Override
  public Status filter(Demand demand, NodeInfo node) {
    return switch (demand) {
      case Demand.Unknown(Status why) -> why;
      case Demand.Attachable(var driverOfVolume) -> filter(driverOfVolume, node);
    };
  }

  private Status filter(ImmutableMap<String, String> wanted, NodeInfo node) {
    CsiNode csiNode = volumes.csiNode(node.name());
    if (csiNode == null || csiNode.spec().drivers().isEmpty()) {
      return Status.SUCCESS;
    }
    Map<String, String> attached = new HashMap<>();
    for (int i = 0; i < node.podCount(); i++) {
      addAttachable(node.pod(i).info(), attached);
    }
    addAttached(node.name(), attached);
    for (CsiNodeDriver driver : csiNode.spec().drivers()) {
      Integer limit = limit(driver);
      if (limit != null) {
        long more =
            wanted.entrySet().stream()
                .filter(v -> v.getValue().equals(driver.name()))
                .filter(v -> !attached.containsKey(v.getKey()))
                .count();
        long has = attached.values().stream().filter(driver.name()::equals).count();
        if (more > 0 && has + more > limit) {
          return REASON;
        }
      }
    }
    return Status.SUCCESS;
  }

  private static @Nullable Integer limit(CsiNodeDriver driver) {
    VolumeNodeResources allocatable = driver.allocatable();
    return allocatable == null ? null : allocatable.count();
  }

  // Which volumes drivers attach: each is added with its driver.

  private void addAttachable(PodInfo pod, Map<String, String> driverOfVolume) {
    for (Volume volume : pod.spec().volumes()) {
      String name = PodClaims.name(pod, volume);
      if (name == null) {
        add(MigratedVolumes.of(volume), driverOfVolume);
        continue;
      }
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      if (claim != null) {
        addOfClaim(pod.namespace(), claim, driverOfVolume);
      }
    }
  }

  private void addOfClaim(
      String namespace, PersistentVolumeClaim claim, Map<String, String> driverOfVolume) {
    String volumeName = claim.spec().volumeName();
    PersistentVolume volume =
        volumeName == null || volumeName.isEmpty() ? null : volumes.volume(volumeName);
    if (volume != null) {
      add(attachable(volume), driverOfVolume);
      return;
    }
    // A volume that is not there yet will be made by the class's driver.
    StorageClass storageClass = PodClaims.storageClass(claim, volumes);
    if (storageClass != null) {
      String driver = VolumeDrivers.provisioner(storageClass.provisioner());
      driverOfVolume.put(driver + "/ " + namespace + "/" + claim.name(), driver);
    }
  }

  private void addAttached(String node, Map<String, String> driverOfVolume) {
    for (String name : volumes.attached(node)) {
      PersistentVolume volume = volumes.volume(name);
      if (volume != null) {
        add(attachable(volume), driverOfVolume);
      }
    }
  }

  private static MigratedVolumes.@Nullable Attachable attachable(PersistentVolume volume) {
    return volume.spec().csi() == null
        ? MigratedVolumes.of(volume)
        : new MigratedVolumes.Attachable(
            volume.spec().csi().driver(), volume.spec().csi().volumeHandle());
  }

  private static void add(
      MigratedVolumes.@Nullable Attachable volume, Map<String, String> driverOfVolume) {
    if (volume != null && !volume.handle().isEmpty()) {
      driverOfVolume.put(volume.uniqueName(), volume.driver());
    }
  }
}
