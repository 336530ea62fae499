package io.towtank.scheduler.plugins.volumerestrictions;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Volume;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.volumebinding.PodClaims;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
import io.towtank.volume.VolumeClaims;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Claims with ReadWriteOncePod and disks that are named directly are for one pod at a time
 * (kube-scheduler: VolumeRestrictions).
 */
public final class VolumeRestrictions implements TopologyFilterPlugin {
  private final ClusterState state;
  private final Volumes volumes;

  /** The plugin. */
  public VolumeRestrictions(ClusterState state) {
    this.state = state;
    this.volumes = state.volumes();
  }

  @Override
  public String name() {
    return Names.VOLUME_RESTRICTIONS;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE,
            VolumeRestrictions::podMayHelp),
        ClusterEventWithHint.of(ClusterEvent.Resource.NODE, ClusterEvent.ADD),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
            ClusterEvent.ADD,
            (pod, previous, current) -> PodClaims.isNamedBy(pod, current)));
  }

  /** A pod of the namespace left that used one of the pod's disks or claims. */
  private static boolean podMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    return previous instanceof Pod left
        && Objects.equals(left.metadata().namespace(), waiting.metadata().namespace())
        && (Disks.conflict(waiting.spec(), left.spec())
            || left.spec().volumes().stream()
                .map(Volume::persistentVolumeClaim)
                .anyMatch(
                    claim -> claim != null && VolumeClaims.names(waiting, claim.claimName())));
  }

  @Override
  public long generation(PodInfo pod) {
    return PodClaims.generation(pod, volumes);
  }

  @Override
  public PreFilterResult<TopologyFilter> preFilter(PodInfo pod) {
    ImmutableSet.Builder<String> exclusive = ImmutableSet.builder();
    for (String name : PodClaims.named(pod)) {
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      if (claim == null) {
        return PreFilterResult.rejected(
            Status.unresolvable("persistentvolumeclaim \"" + name + "\" not found"));
      }
      if (claim.spec().accessModes().contains("ReadWriteOncePod")) {
        exclusive.add(name);
      }
    }
    ImmutableSet<String> claims = exclusive.build();
    boolean disks = Disks.any(pod.spec());
    return claims.isEmpty() && !disks
        ? PreFilterResult.skip()
        : PreFilterResult.demand(new Exclusive(state, pod, claims, disks));
  }
}
