package io.towtank.node;

import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * Cares for one pod while something is about to happen to it (kubelet: pod_workers.go). A pod that
 * just runs has none: it is made again from the pod's status when something happens.
 *
 * <pre>
 *              sandbox          init containers     containers
 *   STARTING ----------> UP: -----------------> ... ----------> all run and are ready: parked
 *       |                 |  ^ restart after back-off |              |
 *       | deletion        |  '------------------------'              | deletion, last end
 *       v                 v                                          v
 *   STOPPING (grace period) ------------------------------------> STOPPED: status told, deleted
 * </pre>
 *
 * <p>It decides what is next. How each is done is elsewhere: {@link PodSandbox}, {@link
 * ContainerStart}, {@link ContainerProcess}, {@link CrashLoop}, {@link PodTermination}; what has
 * become of it, {@link PodStatusWriter} tells the API.
 */
final class PodWorker {
  private enum Stage {
    STARTING,
    UP,
    STOPPING,
    STOPPED
  }

  private static final long SECOND = 1_000_000_000L;
  // kubelet: the sync of a pod is tried again after backOffPeriod
  private static final long SYNC_BACKOFF_NANOS = 10 * SECOND;
  // kubelet: eviction, immediateEvictionGracePeriodSeconds
  static final long EVICTION_GRACE_SECONDS = 1;
  private static final String EVICTED = "Evicted";
  private static final int LOST = 255;

  final HollowKubelets kubelets;
  final HollowKubelet node;
  final int row;
  final PodPlan plan;
  final HollowContainer[] containers;
  final PodTermination termination;
  private final PodSandbox sandbox;
  private final ContainerStart starts;
  private final ContainerProcess processes;
  private final CrashLoop crashLoop;
  private final PodStatusWriter writer;
  private Stage stage = Stage.STARTING;
  private long startTime;
  private boolean sandboxReady;

  /**
   * Which of the containers that are started one after another is being started; -1 for none. As
   * the kubelet's sync of a pod does, this tells the API what there was when it began, and all else
   * when it is through.
   */
  private int syncingAt = -1;

  private boolean toldBeforeSync;
  private boolean abandoned;

  /** Whether the pod's object is gone while its containers still stop. */
  private boolean orphaned;

  /** Whether the node had no room for the pod. */
  private boolean rejected;

  /** Whether a container just dies of a fault, and so does not do it for ever. */
  private boolean crashing;

  private @Nullable String failReason;
  private @Nullable String failMessage;
  private long deadlineTimer;

  /** The timer of when it may leave a pod that just runs to itself. */
  private long parkTimer;

  private PodWorker(HollowKubelets kubelets, int row, HollowContainer[] containers) {
    this.kubelets = kubelets;
    this.row = row;
    this.node = kubelets.table().node(row);
    this.plan = kubelets.table().plan(row);
    this.containers = containers;
    this.startTime = pod().status().startTime();
    this.termination = new PodTermination(this);
    this.sandbox = new PodSandbox(this);
    this.starts = new ContainerStart(this);
    this.processes = new ContainerProcess(this);
    this.crashLoop = new CrashLoop(this);
    this.writer = new PodStatusWriter(this);
  }

  /** For a pod that is new on its node. */
  static PodWorker fresh(HollowKubelets kubelets, int row) {
    HollowContainer[] containers =
        new HollowContainer[kubelets.table().plan(row).containers.size()];
    for (int i = 0; i < containers.length; i++) {
      containers[i] = new HollowContainer();
    }
    return new PodWorker(kubelets, row, containers);
  }

  /** For a pod that just ran, as its status tells. */
  static PodWorker resumed(HollowKubelets kubelets, int row) {
    PodPlan plan = kubelets.table().plan(row);
    PodStatus status = kubelets.table().pod(row).status();
    HollowContainer[] containers = new HollowContainer[plan.containers.size()];
    for (int i = 0; i < containers.length; i++) {
      boolean init = i < plan.initCount;
      Container container = plan.containers.get(i);
      containers[i] = new HollowContainer();
      for (ContainerStatus known :
          init ? status.initContainerStatuses() : status.containerStatuses()) {
        if (known.name().equals(container.name())) {
          containers[i] = HollowContainer.of(known);
        }
      }
    }
    PodWorker worker = new PodWorker(kubelets, row, containers);
    worker.stage = Stage.UP;
    worker.sandboxReady = true;
    return worker;
  }

  // What happens to the pod. Each ends with settle().

  /** The kubelet sees the pod for the first time. */
  void start() {
    if (!admit()) {
      return;
    }
    begin();
  }

  /** The pod ran before anything here began, as in an imported cluster: it goes on. */
  void adopt() {
    kubelets.reserve(node, row);
    kubelets.addresses().keep(node, row);
    for (int i = 0; i < containers.length; i++) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        processes.run(i, plannedRun(i), 0);
      }
    }
    armDeadline();
    settle();
  }

  /** The API is told all there is, for it knows nothing of it. */
  void tell() {
    changed();
    settle();
  }

  /** The node is back after a crash, in which all containers were lost. */
  void restart() {
    long crashed = Timestamps.toSecond(kubelets.epochNanos(node.crashedNanos));
    boolean everStarted = false;
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state == HollowContainer.State.RUNNING) {
        // containerd knows no exit code of a process that went with its machine.
        container.end(LOST, "Unknown", crashed);
      }
      everStarted |= i >= plan.initCount && container.everStarted();
    }
    stage = Stage.STARTING;
    sandboxReady = false;
    changed();
    // kuberuntime: computePodActions, a pod that ran and is not to be restarted gets no new sandbox
    boolean over = (everStarted && plan.restartPolicy == PodPlan.RestartPolicy.NEVER);
    if (pod().metadata().deletionTimestamp() != Timestamps.NONE || over || mainsEnded()) {
      stopped();
      settle();
      return;
    }
    if (!admit()) {
      return;
    }
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state == HollowContainer.State.TERMINATED
          && (i < plan.initCount || plan.restarts(container.exitCode))) {
        container.await(null, null);
      }
    }
    begin();
  }

  /** The pod is to be deleted, or its grace period was shortened. */
  void terminate(Pod seen) {
    if (stage != Stage.STOPPED) {
      stop(graceSeconds(seen));
    }
    settle();
  }

  /** The pod's object is gone. */
  void orphan() {
    orphaned = true;
    if (stage != Stage.STOPPED) {
      // The kubelet's pod manager knows the pod no more: others may have its resources already.
      kubelets.unreserve(node, row);
      stop(graceSeconds(pod()));
    }
    settle();
  }

  private long graceSeconds(Pod seen) {
    Long grace = seen.metadata().deletionGracePeriodSeconds();
    return grace == null ? plan.graceSeconds : grace;
  }

  /** Someone else wrote to the pod: the kubelet's own part of the status is put right again. */
  void reconcile(Pod seen) {
    if (stage != Stage.STOPPED && seen.status().phase().isTerminal()) {
      stop(plan.graceSeconds);
    } else if (!writer.isToCorrect(seen.status())) {
      return;
    }
    changed();
    settle();
  }

  /** An address has become free: the next try to make a sandbox will succeed. */
  void retrySandbox() {
    sandbox.retry();
  }

  /** The pod's volumes are attached to its node at last. */
  void volumesAttached() {
    sandbox.mountVolumes();
    settle();
  }

  /** A ConfigMap or Secret is new or has changed: what is looked for next may be there. */
  void configurationChanged() {
    sandbox.configurationChanged();
    starts.configurationChanged();
  }

  /** The node has no memory left: the kernel ends a container. */
  void outOfMemory(int i) {
    ended(i, PodTermination.KILLED, ContainerProcess.OOM_KILLED);
    settle();
  }

  /** The node runs short of something, and the pod has to go at once. */
  void evict(String message) {
    evict(message, EVICTION_GRACE_SECONDS);
  }

  /**
   * The node runs short of something, and the pod has to go (kubelet: eviction_manager.go); one
   * that stops already has no more than the grace period left.
   */
  void evict(String message, long graceSeconds) {
    if (stage == Stage.STOPPED) {
      return;
    }
    if (stage != Stage.STOPPING) {
      kubelets.podEvicted();
      fail(EVICTED, message);
      writer.disrupted(message);
      kubelets.event(pod(), "Warning", EVICTED, message);
    }
    stop(graceSeconds);
    settle();
  }

  /** The node is shut down in order (kubelet: nodeshutdown_manager.go). */
  void shutDown(long periodSeconds) {
    if (stage != Stage.STOPPED && failReason == null) {
      fail(NodeShutdown.REASON, NodeShutdown.MESSAGE);
      writer.disrupted(NodeShutdown.MESSAGE);
    }
    stop(Math.min(periodSeconds, plan.graceSeconds));
    settle();
  }

  /**
   * Processes die by themselves.
   *
   * @param name of the container, {@code *} for all of the pod
   * @return how many died
   */
  int crash(String name, int exitCode) {
    int crashed = 0;
    for (int i = 0; i < containers.length; i++) {
      boolean meant = name.equals("*") || name.equals(name(i));
      if (meant && stage == Stage.UP && containers[i].state == HollowContainer.State.RUNNING) {
        crashing = true;
        ended(i, exitCode, null);
        crashing = false;
        crashed++;
      }
    }
    settle();
    return crashed;
  }

  /** The node's clock was set: deadlines are counted by it. */
  void clockSet() {
    if (deadlineTimer != 0) {
      kubelets.cancel(deadlineTimer);
      deadlineTimer = 0;
      armDeadline();
    }
  }

  /** The node has crashed: nothing that was under way happens any more. */
  void abandon() {
    abandoned = true;
    cancelTimers();
    writer.cancelTimer();
  }

  // Starting.

  private boolean admit() {
    HollowKubelet.Refusal refusal =
        node.shutdown == null ? node.pressure.refuse(plan) : NodeShutdown.NOT_ADMITTED;
    if (refusal == null) {
      refusal = node.refuse(plan);
    }
    if (refusal == null && !plan.hostPorts.isEmpty() && !kubelets.table().arePortsFree(row)) {
      refusal = HollowKubelet.NO_FREE_PORTS;
    }
    if (refusal == null) {
      kubelets.reserve(node, row);
      return true;
    }
    fail(refusal.reason(), "Pod was rejected: " + refusal.message());
    rejected = true;
    startTime = nowSecond();
    kubelets.event(pod(), "Warning", refusal.reason(), refusal.message());
    kubelets.podRefused();
    stopped();
    settle();
    return false;
  }

  private void begin() {
    if (startTime == Timestamps.NONE) {
      startTime = nowSecond();
    }
    changed();
    sandbox.create();
    armDeadline();
    settle();
  }

  /** All is there that comes before the first container. */
  void sandboxCreated() {
    stage = Stage.UP;
    sandboxReady = true;
    startNext();
  }

  /** Starts what is next in turn: one init container, or all others one after another. */
  private void startNext() {
    for (int i = 0; i < plan.initCount; i++) {
      HollowContainer container = containers[i];
      if (plan.isSidecar(i) ? container.started : container.succeeded()) {
        continue;
      }
      if (isDue(container)) {
        begin(i);
      }
      return;
    }
    startMains(plan.initCount);
  }

  private void startMains(int from) {
    for (int i = from; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (isDue(container)) {
        begin(i);
        if (container.isBeingStarted()) {
          toldBeforeSync |= syncingAt >= 0;
          syncingAt = i;
          return;
        }
      }
    }
    syncingAt = -1;
  }

  private static boolean isDue(HollowContainer container) {
    return container.state == HollowContainer.State.WAITING && container.lifeTimer == 0;
  }

  /** Starts what comes after a container, where that was being started and is no more. */
  void passOn(int i) {
    if (i == syncingAt && !containers[i].isBeingStarted()) {
      startMains(i + 1);
    }
  }

  /** Starts a container, for the first time or again. */
  void begin(int i) {
    starts.begin(i);
  }

  /**
   * A container's process runs, and its hook is through.
   *
   * @param ranNanos for how long it runs already
   */
  void started(int i, ContainerRun run, long ranNanos) {
    changed();
    processes.run(i, run, ranNanos);
    if (containers[i].started) {
      sidecarStarted(i);
    }
  }

  /** A container's startup probe has succeeded: others may have waited for it. */
  void sidecarStarted(int i) {
    if (plan.isSidecar(i)) {
      startNext();
    }
  }

  ContainerRun plannedRun(int i) {
    return kubelets
        .behaviour()
        .run(pod(), plan.containers.get(i), plan.isInit(i), containers[i].runs(), node.random);
  }

  /** kubelet: backOffPeriod, with workerBackOffPeriodJitterFactor. */
  long syncBackOffNanos() {
    return (long) (SYNC_BACKOFF_NANOS * (1 + node.random.nextDouble() / 2));
  }

  private void armDeadline() {
    Long deadline = plan.spec.activeDeadlineSeconds();
    if (deadline == null || stage == Stage.STOPPED || deadlineTimer != 0) {
      return;
    }
    long endsAt = startTime + deadline * SECOND;
    deadlineTimer =
        kubelets.schedule(
            Math.max(0, endsAt - kubelets.epochNanos(kubelets.now()) - node.clockNanos),
            () -> {
              deadlineTimer = 0;
              // kubelet: active_deadline.go
              String message = "Pod was active on the node longer than the specified deadline";
              fail("DeadlineExceeded", message);
              kubelets.event(pod(), "Normal", "DeadlineExceeded", message);
              stop(plan.graceSeconds);
              settle();
            });
  }

  // Ending.

  /** A container's process has ended. */
  void ended(int i, int exitCode, @Nullable String reason) {
    HollowContainer container = containers[i];
    cancelTimers(container);
    node.pressure.ended(row, i);
    container.end(
        exitCode, reason != null ? reason : exitCode == 0 ? "Completed" : "Error", nowSecond());
    changed();
    if (stage == Stage.STOPPING) {
      // As when the kernel kills it: nothing is started again in a pod that stops.
      return;
    }
    if (plan.isInit(i)) {
      if (exitCode == 0) {
        container.ready = true;
        startNext();
      } else if (plan.restartPolicy == PodPlan.RestartPolicy.NEVER) {
        stop(plan.graceSeconds);
      } else {
        crashLoop.restart(i, crashing);
      }
    } else if (plan.isSidecar(i) || plan.restarts(exitCode)) {
      crashLoop.restart(i, crashing);
    } else if (mainsEnded()) {
      stop(plan.graceSeconds);
    }
  }

  /** Whether all containers that make the pod have ended and none will be started again. */
  private boolean mainsEnded() {
    for (int i = plan.initCount; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state != HollowContainer.State.TERMINATED
          || plan.restarts(container.exitCode)) {
        return false;
      }
    }
    return true;
  }

  private void stop(long graceSeconds) {
    if (stage == Stage.STOPPING) {
      termination.hurry(graceSeconds);
      return;
    }
    cancelTimers();
    sandbox.giveUp();
    stage = Stage.STOPPING;
    termination.begin(graceSeconds);
  }

  /** No container runs any more, nor ever will: what the pod held is free again. */
  void stopped() {
    cancelTimers();
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state == HollowContainer.State.RUNNING) {
        int exitCode = container.exitCode;
        container.end(exitCode, exitCode == 0 ? "Completed" : "Error", container.finishedAt);
      } else if (container.state == HollowContainer.State.WAITING && failReason == null) {
        neverAgain(i, container);
      }
    }
    stage = Stage.STOPPED;
    sandboxReady = false;
    syncingAt = -1;
    changed();
    node.pressure.ended(row);
    kubelets.release(node, row);
    kubelets.table().ended[row] = true;
    kubelets.podStopped(node);
  }

  /** A container waited for a run that will not come. */
  private void neverAgain(int i, HollowContainer container) {
    if (container.lastState != null) {
      container.restoreLastEnd();
    } else if (i >= plan.initCount && initialized()) {
      // kubelet: status manager, TerminatePod
      container.end(PodTermination.KILLED, "ContainerStatusUnknown", Timestamps.NONE);
      container.endMessage = "The container could not be located when the pod was terminated";
    }
  }

  private boolean initialized() {
    for (int i = 0; i < plan.initCount; i++) {
      if (plan.isInit(i) && !containers[i].succeeded()) {
        return false;
      }
    }
    return true;
  }

  private void fail(String reason, String message) {
    failReason = reason;
    failMessage = message;
  }

  // Telling the API.

  /** There is something new to tell. */
  void changed() {
    writer.changed();
  }

  /** After each step: tells the API what is new, deletes the pod, or leaves it to itself. */
  void settle() {
    if (orphaned && stage == Stage.STOPPED) {
      abandon();
      kubelets.remove(row);
    } else if (abandoned || orphaned || writer.isWriting()) {
      return;
    } else if (writer.hasNews()) {
      if (syncingAt < 0 || !toldBeforeSync) {
        toldBeforeSync = syncingAt >= 0;
        writer.write();
      }
    } else if (stage == Stage.STOPPED) {
      writer.finish();
    } else if (stage == Stage.UP && isSteady()) {
      park();
    }
  }

  /** Leaves the pod to itself, as soon as no back-off is to be remembered for when it ends. */
  private void park() {
    long knownNanos = 0;
    for (int i = 0; i < containers.length; i++) {
      if (!plan.isInit(i)) {
        knownNanos = Math.max(knownNanos, containers[i].backOffKnownNanos(kubelets.now()));
      }
    }
    if (knownNanos == 0) {
      kubelets.table().workers[row] = null;
    } else if (parkTimer == 0) {
      parkTimer =
          kubelets.scheduleBackground(
              knownNanos,
              () -> {
                parkTimer = 0;
                settle();
              });
    }
  }

  private boolean isSteady() {
    if (deadlineTimer != 0) {
      return false;
    }
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (plan.isInit(i) ? !container.succeeded() : !container.isSteady()) {
        return false;
      }
    }
    return true;
  }

  /**
   * What the pod's status is made from.
   *
   * @param toldIp the address that was told last
   */
  PodStatuses.Input statusInput(@Nullable String toldIp) {
    boolean ended = stage == Stage.STOPPED;
    NodeDevices devices = node.devices;
    return new PodStatuses.Input(
        plan,
        containers,
        sandboxReady,
        ended,
        rejected,
        node.hostIp,
        stage == Stage.UP || stage == Stage.STARTING ? podIp(toldIp) : toldIp,
        startTime,
        ended ? failReason : null,
        ended ? failMessage : null,
        devices != null && devices.tellsOf(row) ? i -> devices.health(row, plan, i) : null);
  }

  private @Nullable String podIp(@Nullable String toldIp) {
    int ip = kubelets.table().ips[row];
    if (plan.hostNetwork) {
      return node.hostIp;
    }
    if (ip == PodIps.NONE) {
      return null;
    }
    // The same instance as before, where it is the same: it is kept with each version of the pod.
    String text = Cidr.text(ip);
    return text.equals(toldIp) ? toldIp : text;
  }

  private void cancelTimers() {
    if (plan.usesClaims) {
      kubelets.volumes().forget(this, pod());
    }
    if (plan.isConfigured) {
      kubelets.configuration().forget(this);
    }
    sandbox.cancelTimer();
    termination.cancelTimer();
    kubelets.cancel(deadlineTimer);
    deadlineTimer = 0;
    kubelets.cancel(parkTimer);
    parkTimer = 0;
    for (HollowContainer container : containers) {
      cancelTimers(container);
    }
  }

  private void cancelTimers(HollowContainer container) {
    kubelets.cancel(container.lifeTimer);
    kubelets.cancel(container.probeTimer);
    kubelets.cancel(container.hangTimer);
    container.lifeTimer = 0;
    container.probeTimer = 0;
    container.hangTimer = 0;
    container.configuredAtNanos = 0;
  }

  // What the others ask.

  /** Whether the pod's containers are started and run. */
  boolean isUp() {
    return stage == Stage.UP && !abandoned;
  }

  /** Whether the pod's object is gone. */
  boolean isOrphaned() {
    return orphaned;
  }

  /** Whether nothing is to happen any more. */
  boolean isAbandoned() {
    return abandoned;
  }

  Pod pod() {
    return kubelets.table().pod(row);
  }

  String name(int i) {
    return plan.containers.get(i).name();
  }

  @Nullable String image(int i) {
    return plan.containers.get(i).image();
  }

  long nowSecond() {
    return second(kubelets.now());
  }

  /** A virtual time by the node's clock, in nanoseconds since 1970, cut to the second. */
  long second(long nanos) {
    return Timestamps.toSecond(kubelets.epochNanos(nanos) + node.clockNanos);
  }
}
