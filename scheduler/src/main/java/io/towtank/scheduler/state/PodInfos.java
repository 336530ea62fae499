package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.Affinity;
import io.towtank.api.HostPort;
import io.towtank.api.LabelSelector;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.api.Uid;
import io.towtank.api.WeightedPodAffinityTerm;
import io.towtank.volume.VolumeClaims;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows pods of one template as such. Pods that share their spec and label instances, as those of a
 * ReplicaSet do, are found by identity; equal ones that do not share are found by content.
 */
final class PodInfos {
  /** Templates that are remembered; those of pods on nodes stay alive with the pods. */
  private static final int CAPACITY = 1 << 14;

  private static final int RECENT_BITS = 13;
  private static final int SELECTORS = 1 << 12;

  private record Key(
      PodSpec spec,
      ImmutableMap<String, String> labels,
      String namespace,
      @Nullable OwnerReference controller,
      ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus,
      @Nullable String name,
      @Nullable Uid uid) {}

  private record Recent(
      PodSpec spec,
      ImmutableMap<String, String> labels,
      @Nullable String namespace,
      @Nullable OwnerReference controller,
      PodInfo info) {}

  private final Resources resources;
  private final Function<String, ImmutableMap<String, String>> namespaceLabels;
  // Where to look first, by identity. Its content never decides anything but speed.
  private final @Nullable Recent[] recent = new Recent[1 << RECENT_BITS];
  private final Map<Key, PodInfo> byContent =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, PodInfo> eldest) {
          return size() > CAPACITY;
        }
      };

  // Equal ones are as good: to have them at hand saves reading them.
  private final Map<PodSelector.Definition, PodSelector> selectors =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PodSelector.Definition, PodSelector> eldest) {
          return size() > SELECTORS;
        }
      };

  PodInfos(Resources resources, Function<String, ImmutableMap<String, String>> namespaceLabels) {
    this.resources = resources;
    this.namespaceLabels = namespaceLabels;
  }

  @SuppressWarnings("ReferenceEquality") // Identity is the point: equal content is found below.
  PodInfo of(Pod pod) {
    OwnerReference controller = controller(pod);
    ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus = StatusRequests.of(pod);
    if (!byStatus.isEmpty()) {
      return byContent(pod, controller, byStatus);
    }
    int identity =
        System.identityHashCode(pod.spec()) * 31 + System.identityHashCode(pod.metadata().labels());
    int slot = (identity * 0x9e3779b9) >>> (Integer.SIZE - RECENT_BITS);
    Recent last = recent[slot];
    if (last != null
        && last.spec == pod.spec()
        && last.labels == pod.metadata().labels()
        && last.controller == controller
        && Objects.equals(last.namespace, pod.metadata().namespace())) {
      return last.info;
    }
    PodInfo info = byContent(pod, controller, byStatus);
    if (info.only() == null) {
      recent[slot] =
          new Recent(
              pod.spec(), pod.metadata().labels(), pod.metadata().namespace(), controller, info);
    }
    return info;
  }

  private PodInfo byContent(
      Pod pod,
      @Nullable OwnerReference controller,
      ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus) {
    boolean only = VolumeClaims.ownsClaims(pod.spec());
    return byContent.computeIfAbsent(
        new Key(
            pod.spec(),
            pod.metadata().labels(),
            namespace(pod),
            controller,
            byStatus,
            only ? pod.name() : null,
            only ? pod.metadata().uid() : null),
        key -> compile(key, only ? pod : null));
  }

  private static @Nullable OwnerReference controller(Pod pod) {
    for (OwnerReference owner : pod.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner;
      }
    }
    return null;
  }

  private static String namespace(Pod pod) {
    String namespace = pod.metadata().namespace();
    return namespace == null ? "default" : namespace;
  }

  private PodInfo compile(Key key, @Nullable Pod only) {
    return new PodInfo(
        key.spec,
        new LabelClass(key.namespace, key.labels),
        terms(key.spec.affinity(), key.namespace, key.labels),
        key.controller,
        only,
        PodRequests.of(key.spec, key.byStatus, resources),
        PodRequests.nonZero(key.spec, key.byStatus, resources),
        HostPort.of(key.spec));
  }

  PodSelector selector(PodSelector.Definition definition) {
    return selectors.computeIfAbsent(definition, d -> new PodSelector(d, namespaceLabels));
  }

  private AffinityTerms terms(
      @Nullable Affinity affinity, String namespace, ImmutableMap<String, String> labels) {
    if (affinity == null
        || (affinity.podAffinity() == null && affinity.podAntiAffinity() == null)) {
      return AffinityTerms.NONE;
    }
    ImmutableList<AffinityTerm> required = ImmutableList.of();
    ImmutableList<AffinityTerm> preferred = ImmutableList.of();
    if (affinity.podAffinity() != null) {
      required =
          required(
              affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution(),
              namespace,
              labels);
      preferred =
          preferred(
              affinity.podAffinity().preferredDuringSchedulingIgnoredDuringExecution(),
              namespace,
              labels);
    }
    ImmutableList<AffinityTerm> requiredAnti = ImmutableList.of();
    ImmutableList<AffinityTerm> preferredAnti = ImmutableList.of();
    if (affinity.podAntiAffinity() != null) {
      requiredAnti =
          required(
              affinity.podAntiAffinity().requiredDuringSchedulingIgnoredDuringExecution(),
              namespace,
              labels);
      preferredAnti =
          preferred(
              affinity.podAntiAffinity().preferredDuringSchedulingIgnoredDuringExecution(),
              namespace,
              labels);
    }
    return new AffinityTerms(required, requiredAnti, preferred, preferredAnti);
  }

  private ImmutableList<AffinityTerm> required(
      List<PodAffinityTerm> terms, String namespace, ImmutableMap<String, String> labels) {
    return terms.stream()
        .map(term -> term(term, namespace, labels, 0))
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<AffinityTerm> preferred(
      List<WeightedPodAffinityTerm> terms, String namespace, ImmutableMap<String, String> labels) {
    return terms.stream()
        .map(term -> term(term.podAffinityTerm(), namespace, labels, term.weight()))
        .collect(ImmutableList.toImmutableList());
  }

  private AffinityTerm term(
      PodAffinityTerm term, String namespace, ImmutableMap<String, String> labels, int weight) {
    boolean own = term.namespaces().isEmpty() && term.namespaceSelector() == null;
    ImmutableSortedSet<String> namespaces =
        own ? ImmutableSortedSet.of(namespace) : ImmutableSortedSet.copyOf(term.namespaces());
    return new AffinityTerm(
        selector(
            new PodSelector.Definition(
                namespaces,
                term.namespaceSelector(),
                withLabelKeys(term, labels),
                ImmutableMap.of())),
        term.topologyKey(),
        weight);
  }

  /**
   * The term's selector with what matchLabelKeys and mismatchLabelKeys add (kubernetes: done by the
   * API server when the pod is created; adding a requirement twice changes nothing).
   */
  private static @Nullable LabelSelector withLabelKeys(
      PodAffinityTerm term, ImmutableMap<String, String> labels) {
    LabelSelector selector = term.labelSelector();
    if (selector == null
        || (term.matchLabelKeys().isEmpty() && term.mismatchLabelKeys().isEmpty())) {
      return selector;
    }
    var expressions =
        ImmutableList.<io.towtank.api.LabelSelectorRequirement>builder()
            .addAll(selector.matchExpressions());
    addKeys(expressions, term.matchLabelKeys(), "In", labels);
    addKeys(expressions, term.mismatchLabelKeys(), "NotIn", labels);
    return new LabelSelector(selector.matchLabels(), expressions.build(), selector.rest());
  }

  private static void addKeys(
      ImmutableList.Builder<io.towtank.api.LabelSelectorRequirement> expressions,
      ImmutableList<String> keys,
      String operator,
      ImmutableMap<String, String> labels) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null) {
        expressions.add(
            new io.towtank.api.LabelSelectorRequirement(
                key, operator, ImmutableList.of(value), io.towtank.api.Fields.NONE));
      }
    }
  }
}
