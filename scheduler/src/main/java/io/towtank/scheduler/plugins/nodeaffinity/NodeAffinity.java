package io.towtank.scheduler.plugins.nodeaffinity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Node;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.PreferredSchedulingTerm;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScoreNormalizer;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node has to match the pod's nodeSelector and required node affinity, and is the better the more
 * of the preferred terms it matches (kube-scheduler: NodeAffinity). {@code addedAffinity} adds
 * terms to those of every pod.
 */
public final class NodeAffinity
    implements FilterPlugin<RequiredNodeAffinity>, ScorePlugin<PreferredNodeAffinity> {
  static final Status REASON_POD =
      Status.unresolvable("node(s) didn't match Pod's node affinity/selector");
  static final Status REASON_ENFORCED =
      Status.unresolvable("node(s) didn't match scheduler-enforced node affinity");
  static final Status REASON_CONFLICT = Status.unresolvable("pod affinity terms conflict");

  private final ClusterState state;
  private final io.towtank.api.@Nullable NodeAffinity addedAffinity;
  private final @Nullable NodeSelector addedRequired;
  private final @Nullable NodeSelectorMatcher added;
  private final ImmutableList<PreferredSchedulingTerm> addedPreferred;

  /**
   * The plugin with its argument.
   *
   * @param addedAffinity null for none
   */
  public NodeAffinity(ClusterState state, io.towtank.api.@Nullable NodeAffinity addedAffinity) {
    this.state = state;
    this.addedAffinity = addedAffinity;
    this.addedRequired =
        addedAffinity == null
            ? null
            : addedAffinity.requiredDuringSchedulingIgnoredDuringExecution();
    this.added =
        addedRequired == null
            ? null
            : NodeSelectorMatcher.of(state, addedRequired.nodeSelectorTerms());
    this.addedPreferred =
        addedAffinity == null
            ? ImmutableList.of()
            : addedAffinity.preferredDuringSchedulingIgnoredDuringExecution();
  }

  @Override
  public String name() {
    return Names.NODE_AFFINITY;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL,
            (pod, previous, current) ->
                current instanceof Node node
                    && (addedRequired == null
                        || NodeSelectorMatcher.matches(addedRequired.nodeSelectorTerms(), node))
                    && RequiredNodeAffinity.matches(pod.spec(), node)
                    && !(previous instanceof Node before
                        && RequiredNodeAffinity.matches(pod.spec(), before))));
  }

  @Override
  public @Nullable ImmutableSet<String> looksAtLabelsOnly(PodInfo pod) {
    ImmutableSet.Builder<String> labels = ImmutableSet.builder();
    labels.addAll(pod.spec().nodeSelector().keySet());
    boolean names = addLabels(RequiredNodeAffinity.nodeAffinity(pod.spec()), labels);
    names |= addLabels(addedAffinity, labels);
    return names ? null : labels.build();
  }

  /** Adds the labels that matter; says whether names do too. */
  private static boolean addLabels(
      io.towtank.api.@Nullable NodeAffinity affinity, ImmutableSet.Builder<String> labels) {
    if (affinity == null) {
      return false;
    }
    boolean names = false;
    NodeSelector required = affinity.requiredDuringSchedulingIgnoredDuringExecution();
    if (required != null) {
      for (NodeSelectorTerm term : required.nodeSelectorTerms()) {
        names |= addLabels(term, labels);
      }
    }
    for (PreferredSchedulingTerm term :
        affinity.preferredDuringSchedulingIgnoredDuringExecution()) {
      names |= addLabels(term.preference(), labels);
    }
    return names;
  }

  private static boolean addLabels(NodeSelectorTerm term, ImmutableSet.Builder<String> labels) {
    term.matchExpressions().forEach(expression -> labels.add(expression.key()));
    return !term.matchFields().isEmpty();
  }

  @Override
  public PreFilterResult<RequiredNodeAffinity> preFilter(PodInfo pod) {
    RequiredNodeAffinity required = RequiredNodeAffinity.of(state, pod.spec());
    if (required.isEmpty() && added == null) {
      return PreFilterResult.skip();
    }
    NodeSelector selector = RequiredNodeAffinity.required(pod.spec());
    ImmutableSet<String> names = selector == null ? null : namesOf(selector.nodeSelectorTerms());
    if (names != null && names.isEmpty()) {
      return PreFilterResult.rejected(REASON_CONFLICT);
    }
    return new PreFilterResult.Demand<>(required, names);
  }

  /** Without PreFilter every node is looked at, whatever names the terms allow. */
  @Override
  public PreFilterResult<RequiredNodeAffinity> filterAlone(PodInfo pod) {
    return PreFilterResult.demand(RequiredNodeAffinity.of(state, pod.spec()));
  }

  /** The only nodes that the terms allow by name; null where any node might match. */
  private static @Nullable ImmutableSet<String> namesOf(ImmutableList<NodeSelectorTerm> terms) {
    Set<String> names = new LinkedHashSet<>();
    for (NodeSelectorTerm term : terms) {
      Set<String> ofTerm = null;
      for (NodeSelectorRequirement field : term.matchFields()) {
        if (field.key().equals("metadata.name") && field.operator().equals("In")) {
          if (ofTerm == null) {
            ofTerm = new LinkedHashSet<>(field.values());
          } else {
            ofTerm.retainAll(field.values());
          }
        }
      }
      if (ofTerm == null) {
        return null;
      }
      names.addAll(ofTerm);
    }
    return terms.isEmpty() ? null : ImmutableSet.copyOf(names);
  }

  @Override
  public Status filter(RequiredNodeAffinity required, NodeInfo node) {
    if (added != null && !added.matches(node.row())) {
      return REASON_ENFORCED;
    }
    return required.matches(node.row()) ? Status.SUCCESS : REASON_POD;
  }

  @Override
  public @Nullable PreferredNodeAffinity preScore(PodInfo pod) {
    ImmutableList<PreferredSchedulingTerm> terms = preferred(pod);
    return terms.isEmpty() ? null : new PreferredNodeAffinity(state, terms);
  }

  /** Without PreScore nodes get 0 from pods that prefer nothing. */
  @Override
  public PreferredNodeAffinity scoreAlone(PodInfo pod) {
    return new PreferredNodeAffinity(state, preferred(pod));
  }

  private ImmutableList<PreferredSchedulingTerm> preferred(PodInfo pod) {
    io.towtank.api.NodeAffinity affinity = RequiredNodeAffinity.nodeAffinity(pod.spec());
    return ImmutableList.<PreferredSchedulingTerm>builder()
        .addAll(addedPreferred)
        .addAll(
            affinity == null
                ? ImmutableList.of()
                : affinity.preferredDuringSchedulingIgnoredDuringExecution())
        .build();
  }

  @Override
  public long score(PreferredNodeAffinity preferred, NodeInfo node) {
    return preferred.score(node.row());
  }

  @Override
  public ScoreNormalizer normalizer() {
    return ScoreNormalizer.HIGHEST_IS_BEST;
  }
}
