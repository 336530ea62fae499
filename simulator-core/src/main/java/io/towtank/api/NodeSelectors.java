package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node is one that a pod asks for (component-helpers: nodeaffinity). The scheduler has
 * its own way, over all nodes at once.
 */
public final class NodeSelectors {
  private NodeSelectors() {}

  /**
   * Whether a node has all labels of a node selector and matches a required affinity.
   *
   * @param required null where any node will do
   */
  public static boolean matches(
      ImmutableMap<String, String> nodeSelector, @Nullable NodeSelector required, Node node) {
    ImmutableMap<String, String> labels = node.metadata().labels();
    for (Map.Entry<String, String> label : nodeSelector.entrySet()) {
      if (!label.getValue().equals(labels.get(label.getKey()))) {
        return false;
      }
    }
    return required == null || matches(required, node);
  }

  /** Whether a node matches any of the terms; an empty one matches none. */
  public static boolean matches(NodeSelector selector, Node node) {
    for (NodeSelectorTerm term : selector.nodeSelectorTerms()) {
      if (matches(term, node)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(NodeSelectorTerm term, Node node) {
    if (term.matchExpressions().isEmpty() && term.matchFields().isEmpty()) {
      return false;
    }
    for (NodeSelectorRequirement expression : term.matchExpressions()) {
      if (!matches(expression, node.metadata().labels().get(expression.key()))) {
        return false;
      }
    }
    for (NodeSelectorRequirement field : term.matchFields()) {
      boolean known =
          field.key().equals("metadata.name")
              && field.values().size() == 1
              && (field.operator().equals("In") || field.operator().equals("NotIn"));
      if (!known || !matches(field, node.name())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(NodeSelectorRequirement requirement, @Nullable String value) {
    return switch (requirement.operator()) {
      case "In" -> value != null && requirement.values().contains(value);
      case "NotIn" ->
          !requirement.values().isEmpty()
              && (value == null || !requirement.values().contains(value));
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> compare(requirement, value) > 0;
      case "Lt" -> compare(requirement, value) < 0;
      default -> false;
    };
  }

  /** How a label's number compares with the one that is asked for; 0 where either is none. */
  private static int compare(NodeSelectorRequirement requirement, @Nullable String value) {
    if (value == null || requirement.values().size() != 1) {
      return 0;
    }
    try {
      return Long.compare(Long.parseLong(value), Long.parseLong(requirement.values().getFirst()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
