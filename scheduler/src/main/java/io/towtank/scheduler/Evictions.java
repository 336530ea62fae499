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
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has pods leave a node for a more important one (kube-scheduler: prepareCandidateAsync, KEP-4832).
 *
 * <p>Attempts for other pods go on meanwhile. The preemptor itself is not tried before all victims
 * were asked to go. They are asked at the same time, but for one, which is asked when all others
 * were: so that the end of that one, which may be known before the answer to the request, is the
 * event that lets the preemptor in.
 */
final class Evictions {
  private final ComponentContext context;
  private final ClusterState state;
  private final PodNominator nominator;
  private final SchedulingConditions conditions;
  private final WaitingPods waitingPods;
  private final Consumer<ObjectKey> activate;
  private final Map<ObjectKey, Preemption> underWay = new HashMap<>();

  /**
   * @param activate has a pod tried as soon as possible
   */
  Evictions(
      ComponentContext context,
      ClusterState state,
      PodNominator nominator,
      SchedulingConditions conditions,
      WaitingPods waitingPods,
      Consumer<ObjectKey> activate) {
    this.context = context;
    this.state = state;
    this.nominator = nominator;
    this.conditions = conditions;
    this.waitingPods = waitingPods;
    this.activate = activate;
  }

  /** Requests that are on their way for one pod. */
  private final class Preemption {
    private final Pod preemptor;
    private final String node;
    private final Pod last;
    private int unanswered;
    private boolean failed;
    private boolean lastIsAsked;

    Preemption(Pod preemptor, String node, Pod last) {
      this.preemptor = preemptor;
      this.node = node;
      this.last = last;
    }

    void ask(List<Pod> victims) {
      unanswered = victims.size() - 1;
      if (unanswered == 0) {
        askLast();
        return;
      }
      for (Pod victim : victims.subList(0, victims.size() - 1)) {
        evict(victim, preemptor, node, this::answered);
      }
    }

    private void answered(boolean gone) {
      failed |= !gone;
      if (--unanswered > 0) {
        return;
      }
      if (failed) {
        over();
      } else {
        askLast();
      }
    }

    private void askLast() {
      lastIsAsked = true;
      evict(
          last,
          preemptor,
          node,
          gone -> {
            failed = !gone;
            over();
          });
    }

    private void over() {
      ObjectKey key = ObjectKey.of(preemptor);
      underWay.remove(key, this);
      if (failed) {
        // Nothing may happen that would have it tried again.
        activate.accept(key);
      }
    }

    /** kube-scheduler: IsPodRunningPreemption. */
    boolean keepsBack(Pod pod) {
      if (!Objects.equals(pod.metadata().uid(), preemptor.metadata().uid())) {
        return false;
      }
      Pod victim = context.informers().informer(Kinds.POD).get(ObjectKey.of(last));
      return !lastIsAsked
          || (victim != null && victim.metadata().deletionTimestamp() == Timestamps.NONE);
    }
  }

  /** Whether not all victims of a pod were asked to go yet. */
  boolean areUnderWayFor(Pod preemptor) {
    Preemption preemption = underWay.isEmpty() ? null : underWay.get(ObjectKey.of(preemptor));
    return preemption != null && preemption.keepsBack(preemptor);
  }

  /** Marks and deletes the victims; pods of less importance lose their nomination. */
  void preempt(Pod preemptor, ImmutableList<Pod> victims, String node) {
    List<Pod> staying =
        victims.stream()
            .filter(victim -> victim.metadata().deletionTimestamp() == Timestamps.NONE)
            .toList();
    if (staying.isEmpty()) {
      return;
    }
    Preemption preemption = new Preemption(preemptor, node, staying.getLast());
    underWay.put(ObjectKey.of(preemptor), preemption);
    clearNominations(preemptor, node);
    preemption.ask(staying);
  }

  private void clearNominations(Pod preemptor, String node) {
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

  /**
   * @param done takes whether the victim was asked to go, or is gone
   */
  private void evict(Pod victim, Pod preemptor, String node, Consumer<Boolean> done) {
    WaitingPod waiting = waitingPods.get(ObjectKey.of(victim));
    if (waiting != null) {
      // It is not bound yet: it is enough to call that off.
      tell(victim, preemptor, node);
      done.accept(true);
      waiting.reject(Names.DEFAULT_PREEMPTION, "preempted");
      return;
    }
    PodCondition condition =
        new PodCondition(
            "DisruptionTarget",
            ConditionStatus.TRUE,
            Timestamps.NONE,
            Timestamps.toSecond(context.simulation().epochNanos()),
            "PreemptionByScheduler",
            Scheduler.schedulerName(preemptor)
                + ": preempting to accommodate a higher priority pod",
            Fields.NONE);
    conditions.set(
        victim,
        condition,
        notMarked -> {
          if (notMarked != null) {
            done.accept(isGone(notMarked));
            return;
          }
          context
              .client()
              .delete(
                  Kinds.POD,
                  ObjectKey.of(victim),
                  DeleteOptions.DEFAULT,
                  (deleted, error) -> {
                    if (error == null) {
                      tell(victim, preemptor, node);
                    }
                    done.accept(error == null || isGone(error));
                  });
        });
  }

  private static boolean isGone(@Nullable ApiException error) {
    return error != null && error.reason() == ApiException.Reason.NOT_FOUND;
  }

  private void tell(Pod victim, Pod preemptor, String node) {
    context
        .recorder()
        .event(
            victim,
            Scheduler.schedulerName(preemptor),
            "Normal",
            "Preempted",
            "Preempted by pod " + preemptor.metadata().uid() + " on node " + node);
  }
}
