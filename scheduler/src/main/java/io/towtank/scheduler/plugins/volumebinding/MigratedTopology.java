package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.CsiNode;
import io.towtank.api.Fields;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorRequirementBuilder;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.VolumeNodeAffinity;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * From where a volume of the storage that Kubernetes once had built in can be reached on nodes
 * where a CSI driver has taken it over: the driver has a label of its own for zones (kubernetes:
 * csi-translation-lib, translateTopologyFromInTreeToCSI).
 *
 * @param plugin what was built in, as in {@code kubernetes.io/aws-ebs}
 * @param terms any of them has to match; null where any node will do
 */
record MigratedTopology(String plugin, @Nullable ImmutableList<NodeSelectorTerm> terms) {
  /** On a CSINode: what was built in and is a driver's there, with commas in between. */
  static final String MIGRATED_PLUGINS = "storage.alpha.kubernetes.io/migrated-plugins";

  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
  private static final String BETA_REGION = "failure-domain.beta.kubernetes.io/region";

  private record Translator(String plugin, String zoneKey) {}

  /** By source. Those of Azure and Portworx keep the topology that they have. */
  private static final ImmutableMap<String, Translator> TRANSLATORS =
      ImmutableMap.of(
          "awsElasticBlockStore",
          new Translator("kubernetes.io/aws-ebs", "topology.ebs.csi.aws.com/zone"),
          "gcePersistentDisk",
          new Translator("kubernetes.io/gce-pd", "topology.gke.io/zone"),
          "cinder",
          new Translator("kubernetes.io/cinder", "topology.cinder.csi.openstack.org/zone"));

  /** That of a volume; null for one whose topology is the same everywhere. */
  static @Nullable MigratedTopology of(PersistentVolume volume) {
    if (volume.spec().rest().isEmpty()) {
      return null;
    }
    for (Map.Entry<String, Translator> source : TRANSLATORS.entrySet()) {
      if (volume.spec().rest().get(source.getKey()) != null) {
        Translator to = source.getValue();
        return new MigratedTopology(to.plugin, translate(volume, to.zoneKey));
      }
    }
    return null;
  }

  /** Whether a driver has it on a node (kube-scheduler: isPluginMigratedToCSIOnNode). */
  boolean holdsOn(@Nullable CsiNode node) {
    String plugins = node == null ? null : node.metadata().annotations().get(MIGRATED_PLUGINS);
    return plugins != null && Splitter.on(',').splitToStream(plugins).anyMatch(plugin::equals);
  }

  private static @Nullable ImmutableList<NodeSelectorTerm> translate(
      PersistentVolume volume, String zoneKey) {
    VolumeNodeAffinity affinity = volume.spec().nodeAffinity();
    ImmutableList<NodeSelectorTerm> terms =
        affinity == null || affinity.required() == null
            ? null
            : affinity.required().nodeSelectorTerms();
    ImmutableMap<String, String> labels = volume.metadata().labels();
    boolean beta =
        !mentions(terms, ZONE)
            && (mentions(terms, BETA_ZONE)
                || (!labels.containsKey(ZONE) && labels.containsKey(BETA_ZONE)));
    String zone = beta ? BETA_ZONE : ZONE;
    ImmutableList<NodeSelectorTerm> translated;
    if (hasValues(terms, zone)) {
      translated = renamed(terms, zone, zoneKey);
    } else {
      ImmutableSortedSet<String> zones =
          Splitter.on("__")
              .trimResults()
              .omitEmptyStrings()
              .splitToStream(labels.getOrDefault(zone, ""))
              .collect(ImmutableSortedSet.toImmutableSortedSet(String::compareTo));
      translated = zones.isEmpty() ? terms : narrowed(terms, zoneKey, zones);
    }
    return beta && hasValues(translated, BETA_REGION)
        ? renamed(translated, BETA_REGION, REGION)
        : translated;
  }

  private static boolean any(
      @Nullable ImmutableList<NodeSelectorTerm> terms, Predicate<NodeSelectorRequirement> test) {
    return terms != null
        && terms.stream().anyMatch(term -> term.matchExpressions().stream().anyMatch(test));
  }

  private static boolean mentions(@Nullable ImmutableList<NodeSelectorTerm> terms, String key) {
    return any(terms, expression -> expression.key().equals(key));
  }

  private static boolean hasValues(@Nullable ImmutableList<NodeSelectorTerm> terms, String key) {
    return any(terms, each -> each.key().equals(key) && !each.values().isEmpty());
  }

  private static ImmutableList<NodeSelectorTerm> renamed(
      @Nullable ImmutableList<NodeSelectorTerm> terms, String key, String newKey) {
    ImmutableList.Builder<NodeSelectorTerm> renamed = ImmutableList.builder();
    for (NodeSelectorTerm term : terms == null ? ImmutableList.<NodeSelectorTerm>of() : terms) {
      renamed.add(
          NodeSelectorTermBuilder.builder(term)
              .matchExpressions(
                  term.matchExpressions().stream()
                      .map(expression ->
                          expression.key().equals(key)
                              ? NodeSelectorRequirementBuilder.builder(expression)
                                  .key(newKey)
                                  .build()
                              : expression)
                      .collect(ImmutableList.toImmutableList()))
              .build());
    }
    return renamed.build();
  }

  /** The terms, or one of which nothing is asked yet, each with the zones besides. */
  private static ImmutableList<NodeSelectorTerm> narrowed(
      @Nullable ImmutableList<NodeSelectorTerm> terms,
      String zoneKey,
      ImmutableSortedSet<String> zones) {
    NodeSelectorRequirement inZones =
        new NodeSelectorRequirement(zoneKey, "In", zones.asList(), Fields.NONE);
    ImmutableList<NodeSelectorTerm> from =
        terms == null || terms.isEmpty()
            ? ImmutableList.of(NodeSelectorTermBuilder.builder().build())
            : terms;
    return from.stream()
        .map(term ->
            NodeSelectorTermBuilder.builder(term)
                .matchExpressions(
                    ImmutableList.<NodeSelectorRequirement>builder()
                        .addAll(term.matchExpressions())
                        .add(inZones)
                        .build())
                .build())
        .collect(ImmutableList.toImmutableList());
  }
}
