package io.towtank.scheduler.plugins.nodevolumelimits;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiNode;
import io.towtank.api.CsiNodeDriver;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.StorageClass;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node can have so many volumes of a storage driver attached and no more (kube-scheduler:
 * NodeVolumeLimits).
 */
public final class NodeVolumeLimits implements FilterPlugin<ImmutableMap<String, String>> {
  static final Status REASON = Status.unschedulable("node(s) exceed max volume count");

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
        ClusterEventWithHint.of(
            ClusterEvent.Resource.CSI_NODE, ClusterEvent.ADD | ClusterEvent.UPDATE_OTHER),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE,
            (pod, previous, current) ->
                previous instanceof Pod left
                    && left.spec().volumes().stream()
                        .anyMatch(volume -> volume.persistentVolumeClaim() != null)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
            ClusterEvent.ADD,
            (pod, previous, current) -> PodClaims.isOf(pod, current)));
  }

  @Override
  public long generation(PodInfo pod) {
    return PodClaims.generation(pod, volumes);
  }

  @Override
  public PreFilterResult<ImmutableMap<String, String>> preFilter(PodInfo pod) {
    Map<String, String> wanted = new LinkedHashMap<>();
    attachable(pod, wanted);
    return wanted.isEmpty()
        ? PreFilterResult.skip()
        : PreFilterResult.demand(ImmutableMap.copyOf(wanted));
  }

  /** Adds the pod's volumes that drivers attach: the volume to its driver. */
  private void attachable(PodInfo pod, Map<String, String> driverOfVolume) {
    for (String name : PodClaims.names(pod)) {
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      if (claim != null) {
        addVolume(pod.namespace(), claim, driverOfVolume);
      }
    }
  }

  private void addVolume(
      String namespace, PersistentVolumeClaim claim, Map<String, String> driverOfVolume) {
    String volumeName = claim.spec().volumeName();
    PersistentVolume volume =
        volumeName == null || volumeName.isEmpty() ? null : volumes.volume(volumeName);
    if (volume != null) {
      if (volume.spec().csi() != null) {
        String driver = volume.spec().csi().driver();
        driverOfVolume.put(driver + "/" + volume.spec().csi().volumeHandle(), driver);
      }
      return;
    }
    // A volume that is not there yet will be made by the class's driver.
    StorageClass storageClass = PodClaims.storageClass(claim, volumes);
    if (storageClass != null) {
      driverOfVolume.put(
          storageClass.provisioner() + "/ " + namespace + "/" + claim.name(),
          storageClass.provisioner());
    }
  }

  @Override
  public Status filter(ImmutableMap<String, String> wanted, NodeInfo node) {
    CsiNode csiNode = volumes.csiNode(node.name());
    if (csiNode == null || csiNode.spec().drivers().isEmpty()) {
      return Status.SUCCESS;
    }
    Map<String, String> attached = new HashMap<>();
    for (int i = 0; i < node.podCount(); i++) {
      attachable(node.pod(i).info(), attached);
    }
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
    return driver.allocatable() == null ? null : driver.allocatable().count();
  }
}
