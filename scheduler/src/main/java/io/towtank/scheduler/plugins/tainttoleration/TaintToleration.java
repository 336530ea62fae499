package io.towtank.scheduler.plugins.tainttoleration;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Taint;
import io.towtank.api.Toleration;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScoreNormalizer;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node whose NoSchedule and NoExecute taints are not all tolerated is out; of the others, those
 * with the fewest intolerable PreferNoSchedule taints are preferred (kube-scheduler:
 * TaintToleration).
 */
public final class TaintToleration
    implements FilterPlugin<ImmutableList<Toleration>>, ScorePlugin<ImmutableList<Toleration>> {
  private static final String SOFT = "PreferNoSchedule";

  private final Map<Taint, Status> reasons = new HashMap<>();

  @Override
  public String name() {
    return Names.TAINT_TOLERATION;
  }

  @Override
  public boolean looksAtNodeKindOnly() {
    return true;
  }

  @Override
  public PreFilterResult<ImmutableList<Toleration>> preFilter(PodInfo pod) {
    return PreFilterResult.demand(pod.spec().tolerations());
  }

  @Override
  public Status filter(ImmutableList<Toleration> tolerations, NodeInfo node) {
    Taint taint = Tolerations.firstUntolerated(node.taints(), tolerations);
    return taint == null ? Status.SUCCESS : reasons.computeIfAbsent(taint, TaintToleration::reason);
  }

  private static Status reason(Taint taint) {
    return Status.unresolvable(
        "node(s) had untolerated taint {%s: %s}"
            .formatted(taint.key(), Tolerations.orEmpty(taint.value())));
  }

  @Override
  public ImmutableList<Toleration> preScore(PodInfo pod) {
    return pod.spec().tolerations().stream()
        .filter(t -> t.effect() == null || t.effect().isEmpty() || t.effect().equals(SOFT))
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public long score(ImmutableList<Toleration> tolerations, NodeInfo node) {
    long intolerable = 0;
    ImmutableList<Taint> taints = node.taints();
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      if (taint.effect().equals(SOFT) && !Tolerations.tolerated(taint, tolerations)) {
        intolerable++;
      }
    }
    return intolerable;
  }

  @Override
  public ScoreNormalizer normalizer() {
    return ScoreNormalizer.ZERO_IS_BEST;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_TAINT,
            (pod, previous, current) -> fits(pod, current) && !fits(pod, previous)),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_TOLERATIONS));
  }

  private static boolean fits(Pod pod, @Nullable KubeObject object) {
    return object instanceof Node node
        && Tolerations.firstUntolerated(node.spec().taints(), pod.spec().tolerations()) == null;
  }
}
