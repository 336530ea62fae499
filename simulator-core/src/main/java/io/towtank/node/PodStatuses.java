package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStateWaiting;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Fields;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodReadinessGate;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the statuses of pods from what their containers do (kubelet: generateAPIPodStatus). Pods to
 * which the same happens in the same second share the parts of their statuses: the last ones made
 * are kept in tables of fixed size.
 */
// Parts are shared, so that most often the same instance means the same value.
@SuppressWarnings("ReferenceEquality")
final class PodStatuses {
  static final String READY = "Ready";
  static final String READY_TO_START = "PodReadyToStartContainers";
  static final String INITIALIZED = "Initialized";
  static final String CONTAINERS_READY = "ContainersReady";
  static final String SCHEDULED = "PodScheduled";

  private static final String DISRUPTION_TARGET = "DisruptionTarget";
  private static final String BY_KUBELET = "TerminationByKubelet";

  /** The conditions that kubelets write, in the order in which they do. */
  static final ImmutableList<String> OWNED =
      ImmutableList.of(READY_TO_START, INITIALIZED, READY, CONTAINERS_READY, SCHEDULED);

  private static final String CREATING = "ContainerCreating";
  private static final String INITIALIZING = "PodInitializing";
  private static final int SHARED = 1 << 10;
  private static final long SECOND = 1_000_000_000L;

  private final @Nullable PodCondition[] conditions = new PodCondition[SHARED];
  private final @Nullable ContainerState[] running = new ContainerState[SHARED];

  @SuppressWarnings({"unchecked", "rawtypes"})
  private final @Nullable ImmutableList<PodCondition>[] lists = new ImmutableList[SHARED];

  /**
   * What a status is made from.
   *
   * @param more what there is to tell of a container besides; null for nothing
   */
  // Only handed on: nobody compares it or keeps it.
  @SuppressWarnings("ArrayRecordComponent")
  record Input(
      PodPlan plan,
      HollowContainer[] containers,
      boolean sandboxReady,
      boolean ended,
      boolean rejected,
      @Nullable String hostIp,
      @Nullable String podIp,
      long startTime,
      @Nullable String reason,
      @Nullable String message,
      @Nullable IntFunction<Fields> more) {}

  /**
   * The status of a pod.
   *
   * @param old the status before it, for the times at which conditions changed
   * @param nowSecond the time, in nanoseconds since 1970, cut to the second
   */
  PodStatus compose(Input input, PodStatus old, long nowSecond) {
    PodPlan plan = input.plan;
    HollowContainer[] containers = input.containers;
    PodPhase phase = input.reason != null ? PodPhase.FAILED : phase(plan, containers, input.ended);
    return new PodStatus(
        phase,
        conditions(input, phase, old.conditions(), nowSecond),
        input.message,
        input.reason,
        old.nominatedNodeName(),
        input.hostIp,
        input.podIp,
        input.startTime,
        plan.qosClass.toString(),
        input.rejected ? ImmutableList.of() : containerStatuses(input, true),
        input.rejected ? ImmutableList.of() : containerStatuses(input, false),
        old.rest());
  }

  /**
   * The phase of a pod (kubelet: getPhase).
   *
   * @param ended whether no container will be started any more, whatever the restart policy
   */
  static PodPhase phase(PodPlan plan, HollowContainer[] containers, boolean ended) {
    int pendingInits = 0;
    int pendingSidecars = 0;
    int running = 0;
    int waiting = 0;
    int stopped = 0;
    int succeeded = 0;
    boolean failedInit = false;
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      boolean again = container.lastState != null;
      switch (container.state) {
        case WAITING -> {
          if (plan.isInit(i)) {
            failedInit |= lastExitCode(container) != 0;
            pendingInits += again ? 0 : 1;
          } else if (plan.isSidecar(i)) {
            if (!again) {
              pendingSidecars++;
              waiting++;
            }
          } else if (again) {
            stopped++;
          } else {
            waiting++;
          }
        }
        case RUNNING -> {
          if (plan.isInit(i)) {
            pendingInits++;
          } else {
            if (plan.isSidecar(i) && !container.started) {
              pendingSidecars++;
            }
            running++;
          }
        }
        case TERMINATED -> {
          if (plan.isInit(i)) {
            failedInit |= container.exitCode != 0;
          } else if (!plan.isSidecar(i)) {
            stopped++;
            if (container.exitCode == 0) {
              succeeded++;
            }
          }
        }
      }
    }
    if (failedInit && plan.restartPolicy == PodPlan.RestartPolicy.NEVER) {
      return PodPhase.FAILED;
    }
    if (pendingInits > 0 || (pendingSidecars > 0 && !anyMainStarted(plan, containers))) {
      return PodPhase.PENDING;
    }
    if (waiting > 0) {
      return PodPhase.PENDING;
    }
    if (running > 0) {
      return PodPhase.RUNNING;
    }
    if (stopped == 0) {
      return PodPhase.PENDING;
    }
    if (!ended && plan.restartPolicy == PodPlan.RestartPolicy.ALWAYS) {
      return PodPhase.RUNNING;
    }
    if (stopped == succeeded) {
      return PodPhase.SUCCEEDED;
    }
    return ended || plan.restartPolicy == PodPlan.RestartPolicy.NEVER
        ? PodPhase.FAILED
        : PodPhase.RUNNING;
  }

  private static int lastExitCode(HollowContainer container) {
    ContainerState last = container.lastState;
    return last == null || last.terminated() == null ? 0 : last.terminated().exitCode();
  }

  private static boolean anyMainStarted(PodPlan plan, HollowContainer[] containers) {
    for (int i = plan.initCount; i < containers.length; i++) {
      if (containers[i].everStarted()) {
        return true;
      }
    }
    return false;
  }

  private ImmutableList<ContainerStatus> containerStatuses(Input input, boolean init) {
    PodPlan plan = input.plan;
    HollowContainer[] containers = input.containers;
    IntFunction<Fields> more = input.more;
    int from = init ? 0 : plan.initCount;
    int to = init ? plan.initCount : containers.length;
    if (from == to) {
      return ImmutableList.of();
    }
    String waitingReason = plan.initCount == 0 ? CREATING : INITIALIZING;
    PodPlan.ContainerStatuses shared = init ? plan.initStatuses() : plan.mainStatuses();
    ImmutableList<ContainerStatus> known =
        more != null ? null : shared.find(containers, from, to, waitingReason);
    if (known != null) {
      return known;
    }
    ImmutableList.Builder<ContainerStatus> statuses =
        ImmutableList.builderWithExpectedSize(to - from);
    for (int i = from; i < to; i++) {
      HollowContainer container = containers[i];
      statuses.add(
          new ContainerStatus(
              plan.containers.get(i).name(),
              state(container, waitingReason),
              container.lastState,
              container.ready,
              container.restarts,
              plan.containers.get(i).image(),
              null,
              null,
              container.started,
              more == null ? Fields.NONE : more.apply(i)));
    }
    ImmutableList<ContainerStatus> made = statuses.build();
    if (more == null) {
      shared.remember(made);
    }
    return made;
  }

  private ContainerState state(HollowContainer container, String waitingReason) {
    return switch (container.state) {
      case WAITING ->
          new ContainerState(
              new ContainerStateWaiting(
                  container.waitingReason == null ? waitingReason : container.waitingReason,
                  container.waitingMessage,
                  Fields.NONE),
              null,
              null,
              Fields.NONE);
      case RUNNING -> running(container.startedAt);
      case TERMINATED -> container.terminatedState();
    };
  }

  private ContainerState running(long startedAt) {
    int slot = (int) (startedAt / SECOND) & SHARED - 1;
    ContainerState shared = running[slot];
    if (shared != null && shared.running() != null && shared.running().startedAt() == startedAt) {
      return shared;
    }
    ContainerState made =
        new ContainerState(
            null, new ContainerStateRunning(startedAt, Fields.NONE), null, Fields.NONE);
    running[slot] = made;
    return made;
  }

  private ImmutableList<PodCondition> conditions(
      Input input, PodPhase phase, ImmutableList<PodCondition> old, long now) {
    PodPlan plan = input.plan;
    PodCondition readyToStart = condition(READY_TO_START, input.sandboxReady, null, null, old, now);
    PodCondition initialized;
    PodCondition ready;
    PodCondition containersReady;
    if (phase.isTerminal()) {
      String reason = phase == PodPhase.SUCCEEDED ? "PodCompleted" : "PodFailed";
      initialized =
          phase == PodPhase.SUCCEEDED
              ? condition(INITIALIZED, true, reason, null, old, now)
              : initialized(plan, input.containers, old, now);
      ready = condition(READY, false, reason, null, old, now);
      containersReady = condition(CONTAINERS_READY, false, reason, null, old, now);
    } else {
      initialized = initialized(plan, input.containers, old, now);
      String unready = names(plan, input.containers, "containers with unready status: ", false);
      String reason = unready == null ? null : "ContainersNotReady";
      containersReady = condition(CONTAINERS_READY, unready == null, reason, unready, old, now);
      String gates = unready == null ? missingGates(plan, old) : null;
      ready =
          gates == null
              ? condition(READY, unready == null, reason, unready, old, now)
              : condition(READY, false, "ReadinessGatesNotReady", gates, old, now);
    }
    PodCondition scheduled = condition(SCHEDULED, true, null, null, old, now);
    return list(readyToStart, initialized, ready, containersReady, scheduled, old);
  }

  private PodCondition initialized(
      PodPlan plan, HollowContainer[] containers, ImmutableList<PodCondition> old, long now) {
    String incomplete =
        plan.initCount == 0 || anyMainStarted(plan, containers)
            ? null
            : names(plan, containers, "containers with incomplete status: ", true);
    return condition(
        INITIALIZED,
        incomplete == null,
        incomplete == null ? null : "ContainersNotInitialized",
        incomplete,
        old,
        now);
  }

  /** Names the containers that are not ready, as Go prints a list of strings; null for none. */
  private static @Nullable String names(
      PodPlan plan, HollowContainer[] containers, String what, boolean init) {
    StringBuilder names = null;
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      boolean fine;
      if (init) {
        if (i >= plan.initCount) {
          break;
        }
        fine = plan.isSidecar(i) ? container.started : container.succeeded();
      } else {
        if (plan.isInit(i)) {
          continue;
        }
        fine = container.ready;
      }
      if (!fine) {
        names = names == null ? new StringBuilder(what).append('[') : names.append(' ');
        names.append(plan.containers.get(i).name());
      }
    }
    return names == null ? null : names.append(']').toString();
  }

  /** kubelet: GeneratePodReadyCondition, the readiness gates' part (KEP-580). */
  private static @Nullable String missingGates(PodPlan plan, ImmutableList<PodCondition> old) {
    if (plan.spec.readinessGates().isEmpty()) {
      return null;
    }
    List<String> missing = new ArrayList<>();
    for (PodReadinessGate gate : plan.spec.readinessGates()) {
      PodCondition condition = PodCondition.find(old, gate.conditionType());
      if (condition == null) {
        missing.add(
            "corresponding condition of pod readiness gate \""
                + gate.conditionType()
                + "\" does not exist.");
      } else if (condition.status() != ConditionStatus.TRUE) {
        missing.add(
            "the status of pod readiness gate \""
                + gate.conditionType()
                + "\" is not \"True\", but "
                + condition.status());
      }
    }
    return missing.isEmpty() ? null : String.join(", ", missing);
  }

  /** A condition, since when it was so. */
  private PodCondition condition(
      String type,
      boolean holds,
      @Nullable String reason,
      @Nullable String message,
      ImmutableList<PodCondition> old,
      long now) {
    ConditionStatus status = holds ? ConditionStatus.TRUE : ConditionStatus.FALSE;
    PodCondition before = PodCondition.find(old, type);
    long since =
        before != null
                && before.status() == status
                && before.lastTransitionTime() != Timestamps.NONE
            ? before.lastTransitionTime()
            : now;
    int hash = (int) (since / SECOND) * 31 + type.hashCode() * 2 + (holds ? 1 : 0);
    if (reason != null) {
      hash = hash * 31 + reason.hashCode();
    }
    if (message != null) {
      hash = hash * 31 + message.hashCode();
    }
    int slot = (hash ^ hash >>> 16) & SHARED - 1;
    PodCondition shared = conditions[slot];
    if (shared != null
        && shared.lastTransitionTime() == since
        && shared.status() == status
        && shared.type().equals(type)
        && Objects.equals(shared.reason(), reason)
        && Objects.equals(shared.message(), message)) {
      return shared;
    }
    PodCondition made =
        new PodCondition(type, status, Timestamps.NONE, since, reason, message, Fields.NONE);
    conditions[slot] = made;
    return made;
  }

  private ImmutableList<PodCondition> list(
      PodCondition readyToStart,
      PodCondition initialized,
      PodCondition ready,
      PodCondition containersReady,
      PodCondition scheduled,
      ImmutableList<PodCondition> old) {
    ImmutableList<PodCondition> foreign = foreign(old);
    if (!foreign.isEmpty()) {
      return ImmutableList.<PodCondition>builder()
          .add(readyToStart, initialized, ready, containersReady, scheduled)
          .addAll(foreign)
          .build();
    }
    long hash = readyToStart.lastTransitionTime();
    hash = hash * 31 + initialized.lastTransitionTime();
    hash =
        hash * 31 + ready.lastTransitionTime() + (ready.status() == ConditionStatus.TRUE ? 1 : 0);
    hash = hash * 31 + containersReady.lastTransitionTime();
    hash = hash * 31 + scheduled.lastTransitionTime();
    hash *= 0x9e3779b97f4a7c15L;
    int slot = (int) (hash >>> 40) & SHARED - 1;
    ImmutableList<PodCondition> shared = lists[slot];
    if (shared != null
        && shared.get(0) == readyToStart
        && shared.get(1) == initialized
        && shared.get(2) == ready
        && shared.get(3) == containersReady
        && shared.get(4) == scheduled) {
      return shared;
    }
    ImmutableList<PodCondition> made =
        ImmutableList.of(readyToStart, initialized, ready, containersReady, scheduled);
    lists[slot] = made;
    return made;
  }

  /** A status that tells that the kubelet itself is about to end the pod (KEP-3329). */
  static PodStatus disrupted(PodStatus status, String message, long nowSecond) {
    return status.withCondition(
        new PodCondition(
            DISRUPTION_TARGET,
            ConditionStatus.TRUE,
            Timestamps.NONE,
            nowSecond,
            BY_KUBELET,
            message,
            Fields.NONE));
  }

  private static boolean isOwnDisruption(PodCondition condition) {
    return condition.type().equals(DISRUPTION_TARGET) && BY_KUBELET.equals(condition.reason());
  }

  /** The conditions that others write. */
  static ImmutableList<PodCondition> foreign(ImmutableList<PodCondition> conditions) {
    ImmutableList.Builder<PodCondition> foreign = null;
    for (int i = 0; i < conditions.size(); i++) {
      if (!OWNED.contains(conditions.get(i).type())) {
        foreign = foreign == null ? ImmutableList.builder() : foreign;
        foreign.add(conditions.get(i));
      }
    }
    return foreign == null ? ImmutableList.of() : foreign.build();
  }

  /**
   * A kubelet's status as it is to be stored: with the conditions that others wrote meanwhile, and
   * never back from an end (kubelet: mergePodStatus).
   */
  static PodStatus merge(PodStatus mine, PodStatus stored) {
    ImmutableList<PodCondition> theirs = foreign(stored.conditions());
    ImmutableList<PodCondition> assumed = foreign(mine.conditions());
    ImmutableList<PodCondition> conditions = mine.conditions();
    if (!theirs.equals(assumed)) {
      ImmutableList.Builder<PodCondition> merged = ImmutableList.builder();
      for (PodCondition condition : mine.conditions()) {
        if (OWNED.contains(condition.type())) {
          merged.add(condition);
        }
      }
      merged.addAll(theirs);
      if (PodCondition.find(theirs, DISRUPTION_TARGET) == null) {
        assumed.stream().filter(PodStatuses::isOwnDisruption).forEach(merged::add);
      }
      conditions = merged.build();
    }
    boolean over = stored.phase().isTerminal();
    PodPhase phase = over ? stored.phase() : mine.phase();
    String reason = over && mine.reason() == null ? stored.reason() : mine.reason();
    String message = over && mine.message() == null ? stored.message() : mine.message();
    if (conditions == mine.conditions()
        && phase == mine.phase()
        && Objects.equals(reason, mine.reason())
        && Objects.equals(message, mine.message())
        && Objects.equals(stored.nominatedNodeName(), mine.nominatedNodeName())
        && stored.rest() == mine.rest()) {
      return mine;
    }
    return new PodStatus(
        phase,
        conditions,
        message,
        reason,
        stored.nominatedNodeName(),
        mine.hostIP(),
        mine.podIP(),
        mine.startTime(),
        mine.qosClass(),
        mine.initContainerStatuses(),
        mine.containerStatuses(),
        stored.rest());
  }
}
