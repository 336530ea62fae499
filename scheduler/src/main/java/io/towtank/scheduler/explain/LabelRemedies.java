package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.nodeaffinity.NodeSelectorMatcher;
import io.towtank.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.List;
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
    PodSpecBuilder changed = PodSpecBuilder.builder(spec);
    List<String> changes = new ArrayList<>();
    ImmutableMap.Builder<String, String> kept = ImmutableMap.builder();
    spec.nodeSelector()
        .forEach((key, value) -> {
          if (value.equals(labels.get(key))) {
            kept.put(key, value);
          } else {
            changes.add("label the node " + key + "=" + value + insteadOf(labels, key) + SELECTOR);
          }
        });
    changed.nodeSelector(kept.buildOrThrow());
    Affinity affinity = spec.affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector required =
        ofNodes == null ? null : ofNodes.requiredDuringSchedulingIgnoredDuringExecution();
    if (affinity != null && ofNodes != null && required != null) {
      List<String> nearest = nearest(required, node);
      if (!nearest.isEmpty()) {
        changes.addAll(nearest);
        changed.affinity(
            AffinityBuilder.builder(affinity)
                .nodeAffinity(
                    NodeAffinityBuilder.builder(ofNodes)
                        .requiredDuringSchedulingIgnoredDuringExecution(null)
                        .build())
                .build());
      }
    }
    return new Remedy(Remedy.with(pod, changed.build()), ImmutableList.copyOf(changes));
  }

  /** What the node lacks for the term of which it lacks least; empty where it matches one. */
  private static List<String> nearest(NodeSelector required, Node node) {
    List<String> least = null;
    for (NodeSelectorTerm term : required.nodeSelectorTerms()) {
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
    return least == null ? ImmutableList.of() : least;
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
