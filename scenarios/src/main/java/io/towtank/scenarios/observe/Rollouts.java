package io.towtank.scenarios.observe;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Uid;
import io.towtank.scenarios.observe.Rollout.Outcome;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows every roll-out of a Deployment, StatefulSet or DaemonSet. It begins with the workload or
 * with a change of its pod template, and ends when {@code kubectl rollout status} would say so, or
 * with the next version. Scaling begins none, nor does the loss of pods.
 */
public final class Rollouts implements CommitListener {
  private final SimClock clock;
  private final List<Open> all = new ArrayList<>();
  // Looked up and never iterated.
  private final Map<Uid, Open> open = new HashMap<>();

  /** None yet. */
  public Rollouts(SimClock clock) {
    this.clock = clock;
  }

  private static final class Open {
    private final KubeObject workload;
    private final boolean update;
    private final long beganNanos;
    private final RolloutSteps steps = new RolloutSteps();
    private long endedNanos = -1;
    private long failedNanos = -1;
    private Outcome outcome = Outcome.PROGRESSING;
    private boolean deadlineExceeded;
    private String revision = "";
    private int pods;
    private int leastAvailable = Integer.MAX_VALUE;
    private int mostPods;

    Open(KubeObject workload, boolean update, long beganNanos) {
      this.workload = workload;
      this.update = update;
      this.beganNanos = beganNanos;
    }

    void see(RolloutState state, long nanos) {
      pods = state.wanted();
      leastAvailable = Math.min(leastAvailable, state.available());
      mostPods = Math.max(mostPods, state.pods());
      outcome =
          state.complete()
              ? Outcome.COMPLETE
              : state.paused()
                  ? Outcome.PAUSED
                  : state.deadlineExceeded() && state.observed()
                      ? Outcome.FAILED
                      : Outcome.PROGRESSING;
      if (outcome != Outcome.FAILED) {
        failedNanos = -1;
      } else if (failedNanos < 0) {
        failedNanos = nanos;
      }
      if (state.observed()) {
        // Before that the status is that of the version before.
        deadlineExceeded |= state.deadlineExceeded();
        revision = state.revision();
        steps.add(new Rollout.Step(nanos, state.pods(), state.updated(), state.available()));
      }
    }

    void end(Outcome how, long nanos) {
      outcome = how;
      endedNanos = nanos;
    }

    Rollout asOf(long nowNanos) {
      return new Rollout(
          workload.kind().name(),
          Strings.nullToEmpty(workload.metadata().namespace()),
          workload.name(),
          revision,
          update,
          beganNanos,
          endedNanos >= 0 ? endedNanos : failedNanos >= 0 ? failedNanos : nowNanos,
          outcome,
          deadlineExceeded,
          pods,
          leastAvailable == Integer.MAX_VALUE ? 0 : leastAvailable,
          mostPods,
          steps.list());
    }
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    RolloutState after = RolloutState.of(current);
    if (after == null) {
      if (RolloutState.of(previous) != null) {
        end(uid(previous), Outcome.DELETED);
      }
      return;
    }
    Uid uid = uid(current);
    if (uid == null || current == null) {
      return;
    }
    RolloutState before = RolloutState.of(previous);
    if (before == null || (after.rolls() && isNew(after.template(), before.template()))) {
      end(uid, Outcome.SUPERSEDED);
      Open begun = new Open(current, before != null, clock.nanos());
      open.put(uid, begun);
      all.add(begun);
    }
    Open going = open.get(uid);
    if (going != null) {
      going.see(after, clock.nanos());
      if (after.complete()) {
        end(uid, Outcome.COMPLETE);
      }
    }
  }

  // Almost all writes are of the status, and share the template.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isNew(PodTemplateSpec template, PodTemplateSpec before) {
    return template != before && !template.equals(before);
  }

  private static @Nullable Uid uid(@Nullable KubeObject object) {
    return object == null ? null : object.metadata().uid();
  }

  private void end(@Nullable Uid uid, Outcome how) {
    Open ended = uid == null ? null : open.remove(uid);
    if (ended != null) {
      ended.end(how, clock.nanos());
    }
  }

  /** All of them so far, in the order of their beginnings. */
  public ImmutableList<Rollout> list() {
    return all.stream()
        .map(rollout -> rollout.asOf(clock.nanos()))
        .collect(ImmutableList.toImmutableList());
  }
}
