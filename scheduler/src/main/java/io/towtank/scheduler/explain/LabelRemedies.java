package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.nodeaffinity.NodeSelectorMatcher;
import io.towtank.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What would have to change of a node's labels, or of what a pod asks of them. */
final class LabelRemedies {
  private static final String SELECTOR = ", or drop that from the pod's nodeSelector";
  private static final String AFFINITY = ", or drop that from the pod's node affinity";

  private LabelRemedies() {}

  static Remedy nodeAffinity(Pod pod, NodeInfo info, Status verdict) {
    if (verdict.message().contains("scheduler-enforced")) {
      return new Remedy(
          null,
          ImmutableList.of("have the node match addedAffinity in the arguments of the profile"));
    }
    Node node = info.node();
    ImmutableMap<String, String> labels = node.metadata().labels();
    PodSpec spec = pod.spec();
    NodeSelector required = required(spec);
    Map<String, String> selected = new LinkedHashMap<>(labels);
    selected.putAll(spec.nodeSelector());
    List<String> ofAffinity =
        required == null
            ? ImmutableList.of()
            : nearest(required, labelled(node, selected), spec.nodeSelector().keySet());
    // The selector's label may be all that the affinity lacks.
    boolean both =
        required != null
            && ofAffinity.isEmpty()
            && !NodeSelectorMatcher.matches(required.nodeSelectorTerms(), node);
    List<String> changes = new ArrayList<>();
    ImmutableMap.Builder<String, String> kept = ImmutableMap.builder();
    spec.nodeSelector()
        .forEach((key, value) -> {
          if (value.equals(labels.get(key))) {
            kept.put(key, value);
          } else {
            String label = "label the node " + key + "=" + value + insteadOf(labels, key);
            changes.add(label + SELECTOR + (both ? " and node affinity" : ""));
          }
        });
    changes.addAll(ofAffinity);
    Pod changed = changes.isEmpty() ? pod : withoutRequired(pod);
    return new Remedy(
        Remedy.with(
            pod, PodSpecBuilder.builder(changed.spec()).nodeSelector(kept.buildOrThrow()).build()),
        ImmutableList.copyOf(changes));
  }

  private static @Nullable NodeSelector required(PodSpec spec) {
    NodeAffinity ofNodes = spec.affinity() == null ? null : spec.affinity().nodeAffinity();
    return ofNodes == null ? null : ofNodes.requiredDuringSchedulingIgnoredDuringExecution();
  }

  /** The pod without its required node affinity. */
  static Pod withoutRequired(Pod pod) {
    Affinity affinity = pod.spec().affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    if (affinity == null || ofNodes == null) {
      return pod;
    }
    NodeAffinity preferred =
        NodeAffinityBuilder.builder(ofNodes)
            .requiredDuringSchedulingIgnoredDuringExecution(null)
            .build();
    return Remedy.with(
        pod,
        PodSpecBuilder.builder(pod.spec())
            .affinity(AffinityBuilder.builder(affinity).nodeAffinity(preferred).build())
            .build());
  }

  /** What the node lacks for the term of which it lacks least; empty where it matches one. */
  private static List<String> nearest(NodeSelector required, Node node, Set<String> settled) {
    List<String> least = null;
    for (NodeSelectorTerm term : required.nodeSelectorTerms()) {
      if (!canMatch(term, node, settled)) {
        continue;
      }
      List<String> lacks = new ArrayList<>();
      for (NodeSelectorRequirement expression : term.matchExpressions()) {
        if (!matches(node, NodeSelectorTermBuilder.builder(), expression)) {
          lacks.add(label(expression, node.metadata().labels()));
        }
      }
      for (NodeSelectorRequirement field : term.matchFields()) {
        if (!matches(node, field)) {
          lacks.add(
              "allow node "
                  + node.name()
                  + " in the pod's node affinity, where "
                  + field.key()
                  + (field.operator().equals("In") ? " is one of " : " is none of ")
                  + String.join(", ", field.values()));
        }
      }
      if (least == null || lacks.size() < least.size()) {
        least = lacks;
      }
    }
    return least == null
        ? ImmutableList.of(
            "drop the pod's required node affinity: there are no labels that match it")
        : least;
  }

  /**
   * Whether there are labels with which the node matches; empty terms match nothing.
   *
   * @param settled labels that are not to be changed
   */
  private static boolean canMatch(NodeSelectorTerm term, Node node, Set<String> settled) {
    Map<String, String> labels = new LinkedHashMap<>(node.metadata().labels());
    for (NodeSelectorRequirement expression : term.matchExpressions()) {
      if (!matches(labelled(node, labels), NodeSelectorTermBuilder.builder(), expression)) {
        if (settled.contains(expression.key())) {
          return false;
        }
        labels.remove(expression.key());
        String value = matching(expression);
        if (value != null) {
          labels.put(expression.key(), value);
        }
      }
    }
    Node labelled = labelled(node, labels);
    return !(term.matchExpressions().isEmpty() && term.matchFields().isEmpty())
        && term.matchExpressions().stream()
            .allMatch(each -> matches(labelled, NodeSelectorTermBuilder.builder(), each));
  }

  private static Node labelled(Node node, Map<String, String> labels) {
    return NodeBuilder.builder(node)
        .metadata(
            ObjectMetaBuilder.builder(node.metadata()).labels(ImmutableMap.copyOf(labels)).build())
        .build();
  }

  /** A value that meets the requirement; null for none. */
  private static @Nullable String matching(NodeSelectorRequirement expression) {
    String first = expression.values().isEmpty() ? "" : expression.values().getFirst();
    return switch (expression.operator()) {
      case "In" -> first;
      case "Exists" -> "";
      case "Gt" -> nextTo(first, 1);
      case "Lt" -> nextTo(first, -1);
      default -> null;
    };
  }

  private static @Nullable String nextTo(String number, int distance) {
    try {
      return String.valueOf(Long.parseLong(number) + distance);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean matches(
      Node node, NodeSelectorTermBuilder term, NodeSelectorRequirement expression) {
    return NodeSelectorMatcher.matches(
        ImmutableList.of(term.matchExpressions(ImmutableList.of(expression)).build()), node);
  }

  private static boolean matches(Node node, NodeSelectorRequirement field) {
    return NodeSelectorMatcher.matches(
        ImmutableList.of(
            NodeSelectorTermBuilder.builder().matchFields(ImmutableList.of(field)).build()),
        node);
  }

  private static String label(
      NodeSelectorRequirement expression, ImmutableMap<String, String> labels) {
    String key = expression.key();
    String values = String.join(" or ", expression.values());
    return switch (expression.operator()) {
      case "NotIn" -> "label the node " + key + " with anything but " + labels.get(key) + AFFINITY;
      case "DoesNotExist" -> "take the label " + key + " off the node" + AFFINITY;
      case "Exists" -> "label the node " + key + ", which it lacks" + AFFINITY;
      case "Gt" -> comparison(key, "more", values, labels);
      case "Lt" -> comparison(key, "less", values, labels);
      default -> "label the node " + key + "=" + values + insteadOf(labels, key) + AFFINITY;
    };
  }

  private static String comparison(
      String key, String how, String bound, ImmutableMap<String, String> labels) {
    return "label the node "
        + key
        + " with "
        + how
        + " than "
        + bound
        + insteadOf(labels, key)
        + AFFINITY;
  }

  private static String insteadOf(ImmutableMap<String, String> labels, String key) {
    @Nullable String has = labels.get(key);
    return has == null ? ", which it lacks" : ", where it has " + has;
  }
}
