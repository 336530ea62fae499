package io.towtank.scheduler.plugins.volumezone;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
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
import io.towtank.volume.VolumeMatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume that says by its labels in which zone or region it is can only be used from there
 * (kube-scheduler: VolumeZone).
 */
public final class VolumeZone implements FilterPlugin<ImmutableList<VolumeZone.VolumeTopology>> {
  static final Status REASON = Status.unresolvable("node(s) had no available volume zone");

  private static final String WAIT_FOR_FIRST_CONSUMER = "WaitForFirstConsumer";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
  private static final String BETA_REGION = "failure-domain.beta.kubernetes.io/region";
  private static final ImmutableMap<String, String> TODAYS_NAMES =
      ImmutableMap.of(BETA_ZONE, ZONE, BETA_REGION, REGION);
  private static final ImmutableList<String> LABELS =
      ImmutableList.of(BETA_ZONE, BETA_REGION, ZONE, REGION);

  /** A volume's label and the zones or regions that it names. */
  record VolumeTopology(String key, ImmutableSet<String> values) {}

  private final Volumes volumes;

  /** The plugin. */
  public VolumeZone(ClusterState state) {
    this.volumes = state.volumes();
  }

  @Override
  public String name() {
    return Names.VOLUME_ZONE;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    int written = ClusterEvent.ADD | ClusterEvent.UPDATE_OTHER;
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.STORAGE_CLASS,
            ClusterEvent.ADD,
            (pod, previous, current) ->
                current instanceof StorageClass added
                    && WAIT_FOR_FIRST_CONSUMER.equals(added.volumeBindingMode())),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
            written,
            (pod, previous, current) -> PodClaims.isNamedBy(pod, current)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME,
            written,
            (pod, previous, current) -> previous == null || isElsewhere(previous, current)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE, ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL));
  }

  private static boolean isElsewhere(KubeObject before, @Nullable KubeObject now) {
    for (String label : LABELS) {
      String place = now == null ? null : now.metadata().labels().get(label);
      if (!Objects.equals(before.metadata().labels().get(label), place)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public long generation(PodInfo pod) {
    return PodClaims.generation(pod, volumes);
  }

  @Override
  public PreFilterResult<ImmutableList<VolumeTopology>> preFilter(PodInfo pod) {
    ImmutableList.Builder<VolumeTopology> topologies = ImmutableList.builder();
    for (String name : PodClaims.named(pod)) {
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      if (claim == null) {
        return PreFilterResult.rejected(
            Status.unresolvable("persistentvolumeclaim \"" + name + "\" not found"));
      }
      String volumeName = claim.spec().volumeName();
      if (volumeName == null || volumeName.isEmpty()) {
        Status unbound = unbound(claim);
        if (!unbound.isSuccess()) {
          return PreFilterResult.rejected(unbound);
        }
        continue;
      }
      PersistentVolume volume = volumes.volume(volumeName);
      if (volume == null) {
        return PreFilterResult.rejected(
            Status.unresolvable("persistentvolume \"" + volumeName + "\" not found"));
      }
      for (String label : LABELS) {
        String value = volume.metadata().labels().get(label);
        if (value != null) {
          topologies.add(new VolumeTopology(label, ImmutableSet.copyOf(value.split("__"))));
        }
      }
    }
    ImmutableList<VolumeTopology> all = topologies.build();
    return all.isEmpty() ? PreFilterResult.skip() : PreFilterResult.demand(all);
  }

  private Status unbound(PersistentVolumeClaim claim) {
    if (VolumeMatch.className(claim).isEmpty()) {
      return Status.unresolvable("PersistentVolumeClaim had no pv name and storageClass name");
    }
    StorageClass storageClass = PodClaims.storageClass(claim, volumes);
    if (storageClass == null) {
      return Status.unresolvable(
          "storageclass.storage.k8s.io \"" + VolumeMatch.className(claim) + "\" not found");
    }
    if (storageClass.volumeBindingMode() == null) {
      return Status.unresolvable(
          "VolumeBindingMode not set for StorageClass \"" + storageClass.name() + "\"");
    }
    return storageClass.volumeBindingMode().equals(WAIT_FOR_FIRST_CONSUMER)
        ? Status.SUCCESS
        : Status.unresolvable("PersistentVolume had no name");
  }

  @Override
  public Status filter(ImmutableList<VolumeTopology> topologies, NodeInfo node) {
    ImmutableMap<String, String> labels = node.node().metadata().labels();
    if (LABELS.stream().noneMatch(labels::containsKey)) {
      return Status.SUCCESS;
    }
    for (VolumeTopology topology : topologies) {
      String value = labels.get(topology.key);
      if (value == null) {
        value = labels.get(TODAYS_NAMES.getOrDefault(topology.key, topology.key));
      }
      if (value == null || !topology.values.contains(value)) {
        return REASON;
      }
    }
    return Status.SUCCESS;
  }
}
