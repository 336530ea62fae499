package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.api.TopologySelectorLabelRequirement;
import io.towtank.api.TopologySelectorTerm;
import io.towtank.api.Volume;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CsiStorageCapacity;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pod's claims need volumes that the node can reach: bound ones have to allow the node; for those
 * that wait for their consumer a volume has to be found or made (kube-scheduler: VolumeBinding).
 *
 * <p>What was found for a pod is taken for it at once (Reserve) and written before it is bound
 * (PreBind): {@link Reservations}.
 */
public final class VolumeBinding
    implements FilterPlugin<VolumeBinding.Demand>, ReservePlugin, PreBindPlugin {
  static final Status REASON_UNBOUND_IMMEDIATE =
      Status.unresolvable("pod has unbound immediate PersistentVolumeClaims");
  static final String REASON_NODE_CONFLICT =
      "node(s) didn't match PersistentVolume's node affinity";
  static final String REASON_BIND_CONFLICT =
      "node(s) didn't find available persistent volumes to bind";
  static final String REASON_NO_SPACE = "node(s) did not have enough free storage";
  static final String REASON_NO_VOLUME =
      "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

  /**
   * What of the pod's claims matters.
   *
   * @param bound the volumes of bound claims, up to one that is missing
   * @param volumeMissing whether one is
   * @param provisioning claims for which a volume is made already for a node that was chosen
   * @param waiting those for which one has to be found or made, the smallest first
   * @param available what may be found for them
   */
  public record Demand(
      ImmutableList<Reachable> bound,
      boolean volumeMissing,
      ImmutableList<PersistentVolumeClaim> provisioning,
      ImmutableList<PersistentVolumeClaim> waiting,
      ImmutableList<Reachable> available) {
    boolean allBound() {
      return provisioning.isEmpty() && waiting.isEmpty();
    }
  }

  /** What a claim gets: a volume, or null for one that is made. */
  record Found(PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {}

  /** What all claims get on a node, or why one gets nothing. */
  private sealed interface Search {
    record All(List<Found> found) implements Search {}

    record Failed(String reason) implements Search {}
  }

  private final ClusterState state;
  private final Volumes volumes;
  private final Reservations reservations;

  /**
   * The plugin.
   *
   * @param bindTimeoutNanos how long a pod waits for its volumes before it is tried again
   */
  public VolumeBinding(PluginContext context, long bindTimeoutNanos) {
    this.state = context.state();
    this.volumes = state.volumes();
    this.reservations = new Reservations(context, bindTimeoutNanos);
  }

  @Override
  public String name() {
    return Names.VOLUME_BINDING;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    int written = ClusterEvent.ADD | ClusterEvent.UPDATE_OTHER;
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.STORAGE_CLASS,
            written,
            (pod, previous, current) ->
                !(previous instanceof StorageClass before
                    && current instanceof StorageClass now
                    && before.allowedTopologies().equals(now.allowedTopologies()))),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
            written,
            (pod, previous, current) -> PodClaims.isOf(pod, current)),
        ClusterEventWithHint.of(ClusterEvent.Resource.PERSISTENT_VOLUME, written),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.CSI_NODE,
            written,
            (pod, previous, current) ->
                !Objects.equals(migratedPlugins(previous), migratedPlugins(current))
                    || previous == null),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.CSI_DRIVER,
            ClusterEvent.UPDATE_OTHER,
            VolumeBinding::capacityMattersNoMore),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.CSI_STORAGE_CAPACITY,
            written,
            (pod, previous, current) -> previous == null || hasMoreRoom(previous, current)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE, ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL));
  }

  /** As upstream, for pods that name the driver themselves (isSchedulableAfterCSIDriverChange). */
  private static boolean capacityMattersNoMore(
      Pod pod, @Nullable KubeObject previous, @Nullable KubeObject current) {
    return previous instanceof GenericObject before
        && current instanceof GenericObject now
        && CsiStorageCapacity.isToldBy(before)
        && !CsiStorageCapacity.isToldBy(now)
        && pod.spec().volumes().stream()
            .map(volume -> volume.rest().get("csi"))
            .anyMatch(csi -> csi != null && csi.path("driver").asText().equals(now.name()));
  }

  private static boolean hasMoreRoom(KubeObject previous, @Nullable KubeObject current) {
    if (!(previous instanceof GenericObject before) || !(current instanceof GenericObject now)) {
      return false;
    }
    Long limit = CsiStorageCapacity.of(now).limitBytes();
    Long limitBefore = CsiStorageCapacity.of(before).limitBytes();
    return limit != null && (limitBefore == null || limit > limitBefore);
  }

  private static @Nullable String migratedPlugins(@Nullable KubeObject csiNode) {
    return csiNode == null
        ? null
        : csiNode.metadata().annotations().get(MigratedTopology.MIGRATED_PLUGINS);
  }

  @Override
  public long generation(PodInfo pod) {
    return PodClaims.generation(pod, volumes);
  }

  @Override
  public PreFilterResult<Demand> preFilter(PodInfo pod) {
    if (!VolumeClaims.usesClaims(pod.spec())) {
      return PreFilterResult.skip();
    }
    ImmutableList.Builder<Reachable> bound = ImmutableList.builder();
    ImmutableList.Builder<PersistentVolumeClaim> provisioning = ImmutableList.builder();
    ImmutableList.Builder<PersistentVolumeClaim> waiting = ImmutableList.builder();
    boolean volumeMissing = false;
    boolean immediate = false;
    for (Volume volume : pod.spec().volumes()) {
      String name = PodClaims.name(pod, volume);
      if (name == null) {
        continue;
      }
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      Status unusable = unusable(pod, volume, claim, name);
      if (claim == null || unusable != null) {
        return PreFilterResult.rejected(Objects.requireNonNull(unusable));
      }
      String volumeName = claim.spec().volumeName();
      boolean hasVolume = volumeName != null && !volumeName.isEmpty();
      if (hasVolume && claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)) {
        PersistentVolume known = volumes.volume(Objects.requireNonNull(volumeName));
        volumeMissing |= known == null;
        if (known != null && !volumeMissing) {
          bound.add(Reachable.bound(state, known));
        }
      } else if (!hasVolume && PodClaims.waitsForConsumer(claim, volumes)) {
        (selectedNode(claim) == null ? waiting : provisioning).add(claim);
      } else {
        immediate = true;
      }
    }
    if (immediate) {
      return PreFilterResult.rejected(REASON_UNBOUND_IMMEDIATE);
    }
    ImmutableList<PersistentVolumeClaim> unbound =
        waiting.build().stream()
            .sorted(Comparator.comparing(VolumeMatch::requested))
            .collect(ImmutableList.toImmutableList());
    return PreFilterResult.demand(
        new Demand(
            bound.build(), volumeMissing, provisioning.build(), unbound, available(unbound)));
  }

  private static @Nullable String selectedNode(PersistentVolumeClaim claim) {
    return claim.metadata().annotations().get(VolumeKeys.SELECTED_NODE);
  }

  private static @Nullable Status unusable(
      PodInfo pod, Volume volume, @Nullable PersistentVolumeClaim claim, String name) {
    Pod owner = volume.ephemeral() == null ? null : pod.only();
    if (claim == null) {
      return Status.unresolvable(
          owner == null
              ? "persistentvolumeclaim \"" + name + "\" not found"
              : "waiting for ephemeral volume controller to create the persistentvolumeclaim \""
                  + name
                  + "\"");
    }
    if (claim.status() != null && "Lost".equals(claim.status().phase())) {
      return Status.unresolvable(
          "persistentvolumeclaim \""
              + name
              + "\" bound to non-existent persistentvolume \""
              + claim.spec().volumeName()
              + "\"");
    }
    if (claim.metadata().deletionTimestamp() != Timestamps.NONE) {
      return Status.unresolvable("persistentvolumeclaim \"" + name + "\" is being deleted");
    }
    return owner == null || VolumeClaims.wasMadeFor(owner, claim)
        ? null
        : Status.unresolvable(VolumeClaims.notMadeFor(ObjectKey.of(owner), claim));
  }

  private ImmutableList<Reachable> available(ImmutableList<PersistentVolumeClaim> claims) {
    if (claims.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<Reachable> available = ImmutableList.builder();
    for (PersistentVolume volume : volumes.all()) {
      if (claims.stream().anyMatch(claim -> suits(volume, claim))) {
        available.add(Reachable.available(state, volume));
      }
    }
    return available.build();
  }

  /** Only volumes of the claim's class are looked at, be they made for the claim. */
  private static boolean suits(PersistentVolume volume, PersistentVolumeClaim claim) {
    return VolumeMatch.suits(volume, claim)
        && VolumeMatch.className(volume).equals(VolumeMatch.className(claim));
  }

  /** kube-scheduler: FindPodVolumes. */
  @Override
  public Status filter(Demand demand, NodeInfo node) {
    List<String> reasons = new ArrayList<>();
    boolean boundReachable =
        demand.bound.stream().allMatch(volume -> volume.from(state, node.row()));
    if (!boundReachable) {
      reasons.add(REASON_NODE_CONFLICT);
    }
    if (!demand.allBound() && search(demand, node) instanceof Search.Failed(String reason)) {
      reasons.add(reason);
    }
    if (boundReachable && demand.volumeMissing) {
      reasons.add(REASON_NO_VOLUME);
    }
    return reasons.isEmpty() ? Status.SUCCESS : Status.unresolvable(reasons.toArray(String[]::new));
  }

  private Search search(Demand demand, NodeInfo node) {
    for (PersistentVolumeClaim claim : demand.provisioning) {
      if (!node.name().equals(selectedNode(claim))) {
        return new Search.Failed(REASON_BIND_CONFLICT);
      }
    }
    Set<String> taken = new HashSet<>();
    List<Found> all = new ArrayList<>();
    demand.provisioning.forEach(claim -> all.add(new Found(claim, null)));
    for (PersistentVolumeClaim claim : demand.waiting) {
      PersistentVolume volume = smallest(demand, claim, node, taken);
      if (volume != null) {
        taken.add(volume.name());
      }
      all.add(new Found(claim, volume));
    }
    for (Found each : all) {
      String problem = each.volume == null ? problemOfProvisioning(each.claim, node) : null;
      if (problem != null) {
        return new Search.Failed(problem);
      }
    }
    return new Search.All(all);
  }

  @Override
  public Status reserve(Pod pod, String nodeName) {
    return switch (preFilter(state.info(pod))) {
      case PreFilterResult.Skip<Demand>() -> Status.SUCCESS;
      case PreFilterResult.Rejected<Demand>(Status status) -> status;
      case PreFilterResult.Demand<Demand>(Demand demand, var names) -> {
        int row = state.row(nodeName);
        yield switch (row < 0
            ? new Search.Failed(REASON_BIND_CONFLICT)
            : search(demand, state.nodeInfo(row))) {
          case Search.Failed(String reason) -> Status.unresolvable(reason);
          case Search.All(List<Found> found) -> {
            reservations.take(ObjectKey.of(pod), nodeName, found);
            yield Status.SUCCESS;
          }
        };
      }
    };
  }

  @Override
  public void unreserve(Pod pod, String nodeName) {
    reservations.giveBack(ObjectKey.of(pod));
  }

  @Override
  public void preBind(Pod pod, String nodeName, Consumer<Status> done) {
    reservations.bind(ObjectKey.of(pod), done);
  }

  private @Nullable PersistentVolume smallest(
      Demand demand, PersistentVolumeClaim claim, NodeInfo node, Set<String> taken) {
    PersistentVolume smallest = null;
    for (Reachable candidate : demand.available) {
      PersistentVolume volume = candidate.volume();
      if (taken.contains(volume.name()) || !suits(volume, claim)) {
        continue;
      }
      boolean reachable = candidate.from(state, node.row());
      if (volume.spec().claimRef() != null) {
        // Made for this claim: it is this volume or none.
        return reachable ? volume : null;
      }
      if (reachable
          && (smallest == null
              || VolumeMatch.capacity(smallest).compareTo(VolumeMatch.capacity(volume)) > 0)) {
        smallest = volume;
      }
    }
    return smallest;
  }

  /** kube-scheduler: checkVolumeProvisions; null where a volume can be made for the node. */
  private @Nullable String problemOfProvisioning(PersistentVolumeClaim claim, NodeInfo node) {
    StorageClass storageClass = PodClaims.storageClass(claim, volumes);
    if (storageClass == null
        || storageClass.provisioner().isEmpty()
        || storageClass.provisioner().equals(VolumeKeys.NO_PROVISIONER)) {
      return REASON_BIND_CONFLICT;
    }
    ImmutableMap<String, String> labels = node.node().metadata().labels();
    ImmutableList<TopologySelectorTerm> allowed = storageClass.allowedTopologies();
    if (!allowed.isEmpty() && allowed.stream().noneMatch(term -> matches(term, labels))) {
      return REASON_BIND_CONFLICT;
    }
    return hasSpace(storageClass, claim, labels) ? null : REASON_NO_SPACE;
  }

  /** KEP-1472: of a driver that tells where it has room. */
  private boolean hasSpace(
      StorageClass storageClass,
      PersistentVolumeClaim claim,
      ImmutableMap<String, String> nodeLabels) {
    ResourceRequirements asked = claim.spec().resources();
    Quantity size = asked == null ? null : asked.requests().get("storage");
    if (size == null || !volumes.tellsCapacity(storageClass.provisioner())) {
      return true;
    }
    long bytes = size.value();
    for (CsiStorageCapacity capacity : volumes.capacities()) {
      if (capacity.suffices(storageClass.name(), bytes, nodeLabels)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(TopologySelectorTerm term, ImmutableMap<String, String> labels) {
    if (term.matchLabelExpressions().isEmpty()) {
      return false;
    }
    for (TopologySelectorLabelRequirement requirement : term.matchLabelExpressions()) {
      String value = labels.get(requirement.key());
      if (value == null || !requirement.values().contains(value)) {
        return false;
      }
    }
    return true;
  }
}
