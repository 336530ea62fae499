package io.towtank.controllers.daemonset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.DaemonSet;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.NodeSelectors;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Taint;
import io.towtank.api.Toleration;
import io.towtank.controllers.history.Revision;
import io.towtank.controllers.workload.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** On which nodes the pods of a DaemonSet belong, and what they are like. */
final class DaemonTemplate {
  /** Where a pod belongs. */
  enum Placement {
    /** On this node: if it is not there, it is created. */
    RUN,
    /** Not here, but what is here may stay: a taint that only keeps new pods away. */
    STAY,
    /** Not here. */
    NONE
  }

  private static final String NAME_FIELD = "metadata.name";
  private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";
  private static final String GENERATION_LABEL = "pod-template-generation";
  private static final String PREFIX = "node.kubernetes.io/";

  private final PodTemplateSpec template;
  private final ImmutableList<Toleration> tolerations;
  private final @Nullable NodeSelector required;
  private final @Nullable String generation;
  private final String hash;
  private final Pod prototype;

  /**
   * @param hash what tells pods of this template from those of others
   */
  DaemonTemplate(DaemonSet set, String hash) {
    this.template = set.spec().template();
    this.hash = hash;
    this.generation = generation(set);
    PodSpec spec = template.spec();
    this.tolerations = withDaemonTolerations(spec);
    NodeAffinity affinity = spec.affinity() == null ? null : spec.affinity().nodeAffinity();
    this.required =
        affinity == null ? null : affinity.requiredDuringSchedulingIgnoredDuringExecution();
    Pod pod = Pods.fromTemplate(template, set);
    ImmutableMap.Builder<String, String> labels =
        ImmutableMap.<String, String>builder().putAll(pod.metadata().labels());
    if (generation != null) {
      labels.put(GENERATION_LABEL, generation);
    }
    labels.put(Revision.POD_LABEL, hash);
    this.prototype =
        pod.withMetadata(
                ObjectMetaBuilder.builder(pod.metadata()).labels(labels.buildKeepingLast()).build())
            .withSpec(PodSpecBuilder.builder(spec).tolerations(tolerations).build());
  }

  /** The number that the API server gives a template, null where it did not. */
  private static @Nullable String generation(DaemonSet set) {
    String text = set.metadata().annotations().get(TEMPLATE_GENERATION);
    if (text == null) {
      return null;
    }
    try {
      return Long.toString(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** What every daemon pod bears (pkg/controller/daemon/util: AddOrUpdateDaemonPodTolerations). */
  private static ImmutableList<Toleration> withDaemonTolerations(PodSpec spec) {
    List<Toleration> tolerations = new ArrayList<>(spec.tolerations());
    add(tolerations, "not-ready", "NoExecute");
    add(tolerations, "unreachable", "NoExecute");
    add(tolerations, "disk-pressure", "NoSchedule");
    add(tolerations, "memory-pressure", "NoSchedule");
    add(tolerations, "pid-pressure", "NoSchedule");
    add(tolerations, "unschedulable", "NoSchedule");
    if (Boolean.TRUE.equals(spec.hostNetwork())) {
      add(tolerations, "network-unavailable", "NoSchedule");
    }
    return ImmutableList.copyOf(tolerations);
  }

  private static void add(List<Toleration> tolerations, String condition, String effect) {
    Toleration added =
        new Toleration(PREFIX + condition, "Exists", null, effect, null, Fields.NONE);
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration own = tolerations.get(i);
      if (Objects.equals(own.key(), added.key())
          && Objects.equals(own.effect(), added.effect())
          && Objects.equals(own.operator(), added.operator())
          && (own.value() == null || own.value().isEmpty())) {
        // Without the seconds that the own one may have.
        tolerations.set(i, added);
        return;
      }
    }
    tolerations.add(added);
  }

  /** Whether pods belong on a node (NodeShouldRunDaemonPod). */
  Placement placement(Node node) {
    if (template.nodeName() != null
        && !template.nodeName().isEmpty()
        && !template.nodeName().equals(node.name())) {
      return Placement.NONE;
    }
    if (!NodeSelectors.matches(template.spec().nodeSelector(), required, node)) {
      return Placement.NONE;
    }
    Placement placement = Placement.RUN;
    ImmutableList<Taint> taints = node.spec().taints();
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      boolean drives = taint.effect().equals("NoExecute");
      if ((drives || taint.effect().equals("NoSchedule")) && !isTolerated(taint)) {
        if (drives) {
          return Placement.NONE;
        }
        placement = Placement.STAY;
      }
    }
    return placement;
  }

  private boolean isTolerated(Taint taint) {
    for (int i = 0; i < tolerations.size(); i++) {
      if (tolerations.get(i).tolerates(taint)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a pod is of this template (IsPodUpdated). */
  boolean isCurrent(Pod pod) {
    ImmutableMap<String, String> labels = pod.metadata().labels();
    return hasHash(pod) || (generation != null && generation.equals(labels.get(GENERATION_LABEL)));
  }

  /** Whether a pod bears the hash of this template. */
  boolean hasHash(Pod pod) {
    return !hash.isEmpty() && hash.equals(pod.metadata().labels().get(Revision.POD_LABEL));
  }

  /** The pod for a node: the scheduler cannot but put it there. */
  Pod pod(String nodeName) {
    NodeSelector named =
        new NodeSelector(
            ImmutableList.of(
                new NodeSelectorTerm(
                    ImmutableList.of(),
                    ImmutableList.of(
                        new NodeSelectorRequirement(
                            NAME_FIELD, "In", ImmutableList.of(nodeName), Fields.NONE)),
                    Fields.NONE)),
            Fields.NONE);
    Affinity affinity = prototype.spec().affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    NodeAffinity pinned =
        (ofNodes == null ? NodeAffinityBuilder.builder() : NodeAffinityBuilder.builder(ofNodes))
            .requiredDuringSchedulingIgnoredDuringExecution(named)
            .build();
    return prototype.withSpec(
        PodSpecBuilder.builder(prototype.spec())
            .affinity(
                (affinity == null ? AffinityBuilder.builder() : AffinityBuilder.builder(affinity))
                    .nodeAffinity(pinned)
                    .build())
            .build());
  }

  /** The node that a pod is on, or is meant for; null where it does not say (GetTargetNodeName). */
  static @Nullable String targetNode(Pod pod) {
    String nodeName = pod.nodeName();
    if (nodeName != null && !nodeName.isEmpty()) {
      return nodeName;
    }
    Affinity affinity = pod.spec().affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector selector =
        ofNodes == null ? null : ofNodes.requiredDuringSchedulingIgnoredDuringExecution();
    if (selector == null) {
      return null;
    }
    for (NodeSelectorTerm term : selector.nodeSelectorTerms()) {
      for (NodeSelectorRequirement field : term.matchFields()) {
        if (field.key().equals(NAME_FIELD)
            && field.operator().equals("In")
            && field.values().size() == 1) {
          return field.values().getFirst();
        }
      }
    }
    return null;
  }
}
