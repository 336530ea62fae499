package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.Timestamps;
import io.towtank.component.ComponentContext;
import io.towtank.scheduler.framework.WaitingPod;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;

/** Has pods leave a node for a more important one (kube-scheduler: prepareCandidate). */
final class Evictions {
  private final ComponentContext context;
  private final ClusterState state;
  private final PodNominator nominator;
  private final SchedulingConditions conditions;
  private final WaitingPods waitingPods;

  Evictions(
      ComponentContext context,
      ClusterState state,
      PodNominator nominator,
      SchedulingConditions conditions,
      WaitingPods waitingPods) {
    this.context = context;
    this.state = state;
    this.nominator = nominator;
    this.conditions = conditions;
    this.waitingPods = waitingPods;
  }

  /** Marks and deletes the victims; pods of less importance lose their nomination. */
  void preempt(Pod preemptor, ImmutableList<Pod> victims, String node) {
    for (Pod victim : victims) {
      if (victim.metadata().deletionTimestamp() == Timestamps.NONE) {
        evict(preemptor, victim, node);
      }
    }
    int priority = state.info(preemptor).priority();
    List<Pod> less = new ArrayList<>();
    for (Pod nominated : nominator.podsOf(node)) {
      if (state.info(nominated).priority() < priority) {
        less.add(nominated);
      }
    }
    for (Pod nominated : less) {
      nominator.remove(ObjectKey.of(nominated));
      conditions.clearNomination(nominated);
    }
  }

  private void evict(Pod preemptor, Pod victim, String node) {
    String scheduler = Scheduler.schedulerName(preemptor);
    WaitingPod waiting = waitingPods.get(ObjectKey.of(victim));
    if (waiting != null) {
      // It is not bound yet: it is enough to call that off.
      waiting.reject(Names.DEFAULT_PREEMPTION, "preempted");
    } else {
      delete(victim, scheduler);
    }
    context
        .recorder()
        .event(
            victim,
            scheduler,
            "Normal",
            "Preempted",
            "Preempted by pod " + preemptor.metadata().uid() + " on node " + node);
  }

  private void delete(Pod victim, String scheduler) {
    PodCondition condition =
        new PodCondition(
            "DisruptionTarget",
            ConditionStatus.TRUE,
            Timestamps.NONE,
            Timestamps.toSecond(context.simulation().epochNanos()),
            "PreemptionByScheduler",
            scheduler + ": preempting to accommodate a higher priority pod",
            Fields.NONE);
    conditions.set(victim, condition);
    context
        .client()
        .delete(
            Kinds.POD,
            ObjectKey.of(victim),
            DeleteOptions.DEFAULT,
            (deleted, error) -> {
              // A victim that is gone already is what was wanted.
            });
  }
}
