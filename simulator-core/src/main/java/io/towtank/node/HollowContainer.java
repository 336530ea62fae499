package io.towtank.node;

import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStateWaiting;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Fields;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A container as its kubelet knows it, while something is about to happen to its pod. All dates are
 * whole seconds, in nanoseconds since 1970.
 */
final class HollowContainer {
  /** What a container is doing. */
  enum State {
    WAITING,
    RUNNING,
    TERMINATED
  }

  State state = State.WAITING;
  boolean ready;
  boolean started;
  int restarts;
  long startedAt = Timestamps.NONE;
  long finishedAt = Timestamps.NONE;
  int exitCode;
  @Nullable String endReason;
  @Nullable String endMessage;

  /** Why it waits; null while nothing but its turn is missing. */
  @Nullable String waitingReason;

  @Nullable String waitingMessage;
  @Nullable ContainerState lastState;

  /** The next restart's back-off and when the last one was decided (client-go: flowcontrol). */
  long backoffNanos;

  long backoffAtNanos;

  /** The back-off after the last failed pull of its image, 0 for none, and when it failed. */
  long pullBackoffNanos;

  long pullFailedNanos;

  /** When it is looked at again whether all is there that it is to be told of; 0 for never. */
  long configuredAtNanos;

  /** Whether its process runs and the hook after its start is not through. */
  boolean runsHook;

  /** Whether the pod's next sync tells that the kubelet backs off, and not that a pull failed. */
  boolean backsOffFromPull;

  /** The timer of its next start or of its end; 0 for none, as those below. */
  long lifeTimer;

  /** The timer of its probe's success. */
  long probeTimer;

  /** The timer of its readiness probe's failure. */
  long hangTimer;

  /** As a status tells it. */
  static HollowContainer of(ContainerStatus status) {
    HollowContainer container = new HollowContainer();
    container.ready = status.ready();
    container.started = Boolean.TRUE.equals(status.started());
    container.restarts = status.restartCount();
    container.lastState = status.lastState();
    ContainerState state = status.state();
    if (state == null) {
      return container;
    }
    ContainerStateRunning running = state.running();
    ContainerStateTerminated terminated = state.terminated();
    if (running != null) {
      container.state = State.RUNNING;
      container.startedAt = running.startedAt();
    } else if (terminated != null) {
      container.state = State.TERMINATED;
      container.startedAt = terminated.startedAt();
      container.finishedAt = terminated.finishedAt();
      container.exitCode = terminated.exitCode();
      container.endReason = terminated.reason();
      container.endMessage = terminated.message();
    }
    return container;
  }

  /** Whether it ran at least once. */
  boolean everStarted() {
    return state != State.WAITING || lastState != null;
  }

  /** How often it was started so far. */
  int runs() {
    return restarts + (everStarted() ? 1 : 0);
  }

  /** Whether its start is under way: nothing keeps it from running but the time that takes. */
  boolean isBeingStarted() {
    return runsHook || (state == State.WAITING && waitingReason == null);
  }

  /** Whether it runs, is ready, and nothing is about to happen to it. */
  boolean isSteady() {
    return state == State.RUNNING && ready && lifeTimer == 0 && probeTimer == 0 && hangTimer == 0;
  }

  /** For how long from now on its back-off counts if it ends; 0 where there is none. */
  long backOffKnownNanos(long nowNanos) {
    return BackOff.knownNanos(backoffNanos, backoffAtNanos, nowNanos);
  }

  /** Whether it has ended with success and will not run again by itself. */
  boolean succeeded() {
    return state == State.TERMINATED && exitCode == 0;
  }

  void end(int exitCode, @Nullable String reason, long atSecond) {
    state = State.TERMINATED;
    ready = false;
    started = false;
    runsHook = false;
    this.exitCode = exitCode;
    endReason = reason;
    endMessage = null;
    finishedAt = atSecond;
  }

  /** Makes the end of the last run history and lets it wait for the next. */
  void await(@Nullable String reason, @Nullable String message) {
    if (state == State.TERMINATED) {
      lastState = terminatedState();
    }
    state = State.WAITING;
    ready = false;
    waitingReason = reason;
    waitingMessage = message;
  }

  /** Shows again the end after which it waited for its next run, which will not come. */
  void restoreLastEnd() {
    ContainerStateTerminated last = lastState == null ? null : lastState.terminated();
    if (last == null) {
      return;
    }
    end(last.exitCode(), last.reason(), last.finishedAt());
    startedAt = last.startedAt();
    endMessage = last.message();
    lastState = null;
  }

  void run(long atSecond) {
    if (state == State.TERMINATED) {
      lastState = terminatedState();
    }
    if (lastState != null) {
      restarts++;
    }
    state = State.RUNNING;
    startedAt = atSecond;
    waitingReason = null;
    waitingMessage = null;
  }

  ContainerState terminatedState() {
    return new ContainerState(
        null,
        null,
        new ContainerStateTerminated(
            exitCode, null, endReason, endMessage, startedAt, finishedAt, null, Fields.NONE),
        Fields.NONE);
  }

  /** Whether a status says of this container just what there is to say. */
  boolean matches(ContainerStatus status, String defaultWaitingReason) {
    ContainerState shown = status.state();
    if (shown == null
        || status.ready() != ready
        || status.restartCount() != restarts
        || !Boolean.valueOf(started).equals(status.started())
        || !Objects.equals(status.lastState(), lastState)) {
      return false;
    }
    return switch (state) {
      case WAITING -> {
        ContainerStateWaiting waiting = shown.waiting();
        yield waiting != null
            && Objects.equals(
                waiting.reason(), waitingReason == null ? defaultWaitingReason : waitingReason)
            && Objects.equals(waiting.message(), waitingMessage);
      }
      case RUNNING -> {
        ContainerStateRunning running = shown.running();
        yield running != null && running.startedAt() == startedAt;
      }
      case TERMINATED -> {
        ContainerStateTerminated terminated = shown.terminated();
        yield terminated != null
            && terminated.exitCode() == exitCode
            && terminated.startedAt() == startedAt
            && terminated.finishedAt() == finishedAt
            && Objects.equals(terminated.reason(), endReason)
            && Objects.equals(terminated.message(), endMessage);
      }
    };
  }
}
