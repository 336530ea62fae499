package io.towtank.scheduler.plugins.volumebinding;

import io.towtank.api.PersistentVolume;
import io.towtank.api.VolumeNodeAffinity;
import io.towtank.scheduler.plugins.nodeaffinity.NodeSelectorMatcher;
import io.towtank.scheduler.state.ClusterState;
import org.jspecify.annotations.Nullable;

/**
 * A volume and the nodes that can reach it.
 *
 * @param nodes null for all
 * @param migrated where the volume can be reached from nodes on which a CSI driver serves it; null
 *     where that makes no difference
 */
record Reachable(
    PersistentVolume volume, @Nullable NodeSelectorMatcher nodes, @Nullable Migrated migrated) {
  /** As {@link MigratedTopology}, ready to be matched. */
  record Migrated(MigratedTopology topology, @Nullable NodeSelectorMatcher nodes) {}

  /** A volume that a claim has, or is about to have (kube-scheduler: tryTranslatePVToCSI). */
  static Reachable bound(ClusterState state, PersistentVolume volume) {
    MigratedTopology topology = MigratedTopology.of(volume);
    return new Reachable(
        volume,
        nodes(state, volume),
        topology == null
            ? null
            : new Migrated(
                topology,
                topology.terms() == null ? null : NodeSelectorMatcher.of(state, topology.terms())));
  }

  /** One that a claim may get: those are looked for by the volume as it is. */
  static Reachable available(ClusterState state, PersistentVolume volume) {
    return new Reachable(volume, nodes(state, volume), null);
  }

  private static @Nullable NodeSelectorMatcher nodes(ClusterState state, PersistentVolume volume) {
    VolumeNodeAffinity affinity = volume.spec().nodeAffinity();
    return affinity == null || affinity.required() == null
        ? null
        : NodeSelectorMatcher.of(state, affinity.required().nodeSelectorTerms());
  }

  /** Whether the node of a row can reach it. */
  boolean from(ClusterState state, int row) {
    NodeSelectorMatcher matcher =
        migrated != null && migrated.topology.holdsOn(state.volumes().csiNode(state.name(row)))
            ? migrated.nodes
            : nodes;
    return matcher == null || matcher.matches(row);
  }
}
