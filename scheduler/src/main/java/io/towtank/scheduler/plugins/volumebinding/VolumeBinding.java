package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.api.TopologySelectorLabelRequirement;
import io.towtank.api.TopologySelectorTerm;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.nodeaffinity.NodeSelectorMatcher;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
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
  static final String REASON_NO_VOLUME =
      "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

  private static final String MIGRATED_PLUGINS = "storage.alpha.kubernetes.io/migrated-plugins";

  /** The volumes of bound claims, whether one is missing, and the claims that wait. */
  public record Demand(
      ImmutableList<Reachable> bound,
      boolean volumeMissing,
      ImmutableList<PersistentVolumeClaim> waiting,
      ImmutableList<Reachable> available) {}

  /** A volume and the nodes that can reach it. */
  record Reachable(PersistentVolume volume, @Nullable NodeSelectorMatcher nodes) {
    boolean from(NodeInfo node) {
      return nodes == null || nodes.matches(node.row());
    }
  }

  /** What a claim gets: a volume, or null for one that is made. */
  record Found(PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {}

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
            ClusterEvent.Resource.NODE, ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL));
  }

  private static @Nullable String migratedPlugins(@Nullable KubeObject csiNode) {
    return csiNode == null ? null : csiNode.metadata().annotations().get(MIGRATED_PLUGINS);
  }

  @Override
  public long generation(PodInfo pod) {
    return PodClaims.generation(pod, volumes);
  }

  @Override
  public PreFilterResult<Demand> preFilter(PodInfo pod) {
    ImmutableList<String> names = PodClaims.names(pod);
    if (names.isEmpty()) {
      return PreFilterResult.skip();
    }
    ImmutableList.Builder<Reachable> bound = ImmutableList.builder();
    ImmutableList.Builder<PersistentVolumeClaim> waiting = ImmutableList.builder();
    boolean volumeMissing = false;
    boolean immediate = false;
    for (String name : names) {
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      Status unusable = unusable(claim, name);
      if (claim == null || unusable != null) {
        return PreFilterResult.rejected(Objects.requireNonNull(unusable));
      }
      String volumeName = claim.spec().volumeName();
      boolean hasVolume = volumeName != null && !volumeName.isEmpty();
      if (hasVolume && claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)) {
        PersistentVolume volume = volumes.volume(Objects.requireNonNull(volumeName));
        volumeMissing |= volume == null;
        if (volume != null) {
          bound.add(reachable(volume));
        }
      } else if (!hasVolume && PodClaims.waitsForConsumer(claim, volumes)) {
        waiting.add(claim);
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
        new Demand(bound.build(), volumeMissing, unbound, available(unbound)));
  }

  private static @Nullable Status unusable(@Nullable PersistentVolumeClaim claim, String name) {
    if (claim == null) {
      return Status.unresolvable("persistentvolumeclaim \"" + name + "\" not found");
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
    return null;
  }

  private Reachable reachable(PersistentVolume volume) {
    var affinity = volume.spec().nodeAffinity();
    var required = affinity == null ? null : affinity.required();
    return new Reachable(
        volume,
        required == null ? null : NodeSelectorMatcher.of(state, required.nodeSelectorTerms()));
  }

  private ImmutableList<Reachable> available(ImmutableList<PersistentVolumeClaim> claims) {
    if (claims.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<Reachable> available = ImmutableList.builder();
    for (PersistentVolume volume : volumes.all()) {
      if (claims.stream().anyMatch(claim -> VolumeMatch.suits(volume, claim))) {
        available.add(reachable(volume));
      }
    }
    return available.build();
  }

  @Override
  public Status filter(Demand demand, NodeInfo node) {
    boolean boundReachable = true;
    for (Reachable volume : demand.bound) {
      boundReachable &= volume.from(node);
    }
    boolean allFound = demand.waiting.isEmpty() || findAll(demand, node) != null;
    if (boundReachable && allFound && !demand.volumeMissing) {
      return Status.SUCCESS;
    }
    List<String> reasons = new ArrayList<>();
    if (!boundReachable) {
      reasons.add(REASON_NODE_CONFLICT);
    }
    if (!allFound) {
      reasons.add(REASON_BIND_CONFLICT);
    }
    if (demand.volumeMissing) {
      reasons.add(REASON_NO_VOLUME);
    }
    return Status.unresolvable(reasons.toArray(String[]::new));
  }

  /**
   * What each waiting claim gets on a node: a volume, or null for one that is made there; null
   * where one gets nothing.
   */
  private @Nullable List<Found> findAll(Demand demand, NodeInfo node) {
    Set<String> taken = new HashSet<>();
    List<Found> all = new ArrayList<>();
    for (PersistentVolumeClaim claim : demand.waiting) {
      String selected = claim.metadata().annotations().get(VolumeKeys.SELECTED_NODE);
      PersistentVolume volume = selected == null ? smallest(demand, claim, node, taken) : null;
      if (volume != null) {
        taken.add(volume.name());
      } else if ((selected != null && !selected.equals(node.name()))
          || !canBeProvisioned(claim, node)) {
        return null;
      }
      all.add(new Found(claim, volume));
    }
    return all;
  }

  @Override
  public Status reserve(Pod pod, String nodeName) {
    int row = state.row(nodeName);
    return switch (preFilter(state.info(pod))) {
      case PreFilterResult.Skip<Demand>() -> Status.SUCCESS;
      case PreFilterResult.Rejected<Demand>(Status status) -> status;
      case PreFilterResult.Demand<Demand>(Demand demand, var names) -> {
        List<Found> found = row < 0 ? null : findAll(demand, state.nodeInfo(row));
        if (found == null) {
          yield Status.unresolvable(REASON_BIND_CONFLICT);
        }
        reservations.take(ObjectKey.of(pod), nodeName, found);
        yield Status.SUCCESS;
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

  private static @Nullable PersistentVolume smallest(
      Demand demand, PersistentVolumeClaim claim, NodeInfo node, Set<String> taken) {
    PersistentVolume smallest = null;
    for (Reachable candidate : demand.available) {
      PersistentVolume volume = candidate.volume();
      if (taken.contains(volume.name()) || !VolumeMatch.suits(volume, claim)) {
        continue;
      }
      boolean reachable = candidate.from(node);
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

  private boolean canBeProvisioned(PersistentVolumeClaim claim, NodeInfo node) {
    StorageClass storageClass = PodClaims.storageClass(claim, volumes);
    if (storageClass == null
        || storageClass.provisioner().isEmpty()
        || storageClass.provisioner().equals(VolumeKeys.NO_PROVISIONER)) {
      return false;
    }
    ImmutableList<TopologySelectorTerm> allowed = storageClass.allowedTopologies();
    return allowed.isEmpty()
        || allowed.stream().anyMatch(term -> matches(term, node.node().metadata().labels()));
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
