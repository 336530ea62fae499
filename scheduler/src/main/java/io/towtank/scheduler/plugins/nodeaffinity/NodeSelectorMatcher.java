package io.towtank.scheduler.plugins.nodeaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.api.NameRules;
import io.towtank.api.Node;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.LabelColumn;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Node selector terms, ready to be matched against rows (component-helpers: nodeaffinity). A node
 * matches where it matches any of the terms; an empty term matches none.
 */
public final class NodeSelectorMatcher {
  private static final String NAME_FIELD = "metadata.name";

  private sealed interface Requirement {
    boolean matches(ClusterState state, int row);
  }

  private record Labelled(LabelColumn column, boolean wanted, BitSet values)
      implements Requirement {
    @Override
    public boolean matches(ClusterState state, int row) {
      int value = column.value(row);
      return (value != LabelColumn.NONE && values.get(value)) == wanted;
    }
  }

  private record Exists(LabelColumn column, boolean wanted) implements Requirement {
    @Override
    public boolean matches(ClusterState state, int row) {
      return (column.value(row) != LabelColumn.NONE) == wanted;
    }
  }

  private record Compared(LabelColumn column, boolean greater, long bound) implements Requirement {
    @Override
    public boolean matches(ClusterState state, int row) {
      int value = column.value(row);
      Long number = value == LabelColumn.NONE ? null : parse(column.text(value));
      return number != null && (greater ? number > bound : number < bound);
    }
  }

  private record Named(boolean wanted, String name) implements Requirement {
    @Override
    public boolean matches(ClusterState state, int row) {
      return state.name(row).equals(name) == wanted;
    }
  }

  private record Never() implements Requirement {
    @Override
    public boolean matches(ClusterState state, int row) {
      return false;
    }
  }

  private final ClusterState state;
  private final ImmutableList<ImmutableList<Requirement>> terms;

  private NodeSelectorMatcher(ClusterState state, ImmutableList<ImmutableList<Requirement>> terms) {
    this.state = state;
    this.terms = terms;
  }

  /** What matches any of the terms. */
  public static NodeSelectorMatcher of(ClusterState state, Iterable<NodeSelectorTerm> terms) {
    ImmutableList.Builder<ImmutableList<Requirement>> compiled = ImmutableList.builder();
    for (NodeSelectorTerm term : terms) {
      if (!term.matchExpressions().isEmpty() || !term.matchFields().isEmpty()) {
        compiled.add(compile(state, term));
      }
    }
    return new NodeSelectorMatcher(state, compiled.build());
  }

  private static ImmutableList<Requirement> compile(ClusterState state, NodeSelectorTerm term) {
    ImmutableList.Builder<Requirement> all = ImmutableList.builder();
    for (NodeSelectorRequirement expression : term.matchExpressions()) {
      all.add(expression(state, expression));
    }
    for (NodeSelectorRequirement field : term.matchFields()) {
      all.add(field(field));
    }
    return all.build();
  }

  private static Requirement expression(ClusterState state, NodeSelectorRequirement r) {
    if (!r.values().stream().allMatch(NodeSelectorMatcher::isLabelValue)) {
      return new Never();
    }
    LabelColumn column = state.labels(r.key());
    return switch (r.operator()) {
      case "In", "NotIn" -> {
        BitSet values = new BitSet();
        r.values().forEach(value -> values.set(column.id(value)));
        yield values.isEmpty()
            ? new Never()
            : new Labelled(column, r.operator().equals("In"), values);
      }
      case "Exists", "DoesNotExist" -> new Exists(column, r.operator().equals("Exists"));
      case "Gt", "Lt" -> {
        Long bound = r.values().size() == 1 ? parse(r.values().getFirst()) : null;
        yield bound == null ? new Never() : new Compared(column, r.operator().equals("Gt"), bound);
      }
      default -> new Never();
    };
  }

  private static Requirement field(NodeSelectorRequirement r) {
    boolean valid = r.key().equals(NAME_FIELD) && r.values().size() == 1;
    return switch (r.operator()) {
      case "In", "NotIn" ->
          valid ? new Named(r.operator().equals("In"), r.values().getFirst()) : new Never();
      default -> new Never();
    };
  }

  /**
   * The API takes any text here. A term with one that no label can have matches no node, not even
   * by {@code NotIn}; so does Gt or Lt with a negative number (kubernetes: labels.NewRequirement).
   */
  private static boolean isLabelValue(String value) {
    return NameRules.labelValue(value).isEmpty();
  }

  private static @Nullable Long parse(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether a row's node matches. */
  public boolean matches(int row) {
    for (int i = 0; i < terms.size(); i++) {
      if (matchesAll(terms.get(i), row)) {
        return true;
      }
    }
    return false;
  }

  private boolean matchesAll(ImmutableList<Requirement> requirements, int row) {
    for (int i = 0; i < requirements.size(); i++) {
      if (!requirements.get(i).matches(state, row)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a node that may not be in the cluster state matches. */
  public static boolean matches(Iterable<NodeSelectorTerm> terms, Node node) {
    ClusterState alone = new ClusterState();
    alone.setNode(node);
    return of(alone, terms).matches(alone.row(node.name()));
  }
}
