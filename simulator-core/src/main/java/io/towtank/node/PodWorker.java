package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodStatus;
import io.towtank.api.Probe;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import io.towtank.client.Reply;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.function.UnaryOperator;
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
 */
final class PodWorker implements UnaryOperator<Pod>, Reply<Pod> {
  private enum Stage {
    STARTING,
    UP,
    STOPPING,
    STOPPED
  }

  private static final long SECOND = 1_000_000_000L;
  // kubelet: status manager's period, after which failed requests are tried again
  private static final long RETRY_NANOS = 10 * SECOND;
  // kubelet: the sync of a pod is tried again after backOffPeriod
  private static final long SANDBOX_RETRY_NANOS = 10 * SECOND;
  private static final long SYNC_BACKOFF_NANOS = 10 * SECOND;
  // pkg/util/goroutinemap/exponentialbackoff: between tries to mount a volume
  private static final long FIRST_MOUNT_BACKOFF_NANOS = SECOND / 2;
  private static final long LAST_MOUNT_BACKOFF_NANOS = 122 * SECOND;
  // kubelet: MaxContainerBackOff, and client-go's Backoff forgets after twice that
  private static final long FIRST_BACKOFF_NANOS = 10 * SECOND;
  private static final long LAST_BACKOFF_NANOS = 300 * SECOND;
  private static final long BACKOFF_FORGOTTEN_NANOS = 2 * LAST_BACKOFF_NANOS;
  // kubelet: minimumGracePeriodInSeconds
  private static final long LEAST_GRACE_SECONDS = 2;
  // kubelet: eviction, immediateEvictionGracePeriodSeconds
  static final long EVICTION_GRACE_SECONDS = 1;
  private static final String EVICTED = "Evicted";
  private static final String OOM_KILLED = "OOMKilled";
  private static final String ERR_IMAGE_PULL = "ErrImagePull";
  private static final String IMAGE_PULL_BACK_OFF = "ImagePullBackOff";
  private static final int KILLED = 137;
  private static final int LOST = 255;

  private final HollowKubelets kubelets;
  private final HollowKubelet node;
  private final int row;
  private final PodPlan plan;
  private final HollowContainer[] containers;
  private Stage stage = Stage.STARTING;
  private PodStatus status;
  private @Nullable PodStatus pending;
  private long startTime;
  private boolean sandboxReady;

  /**
   * Which of the containers that are started one after another is being started; -1 for none. As
   * the kubelet's sync of a pod does, this tells the API what there was when it began, and all else
   * when it is through.
   */
  private int syncingAt = -1;

  private boolean toldBeforeSync;
  private boolean dirty;
  private boolean writing;
  private boolean abandoned;

  /** Whether the pod's object is gone while its containers still stop. */
  private boolean orphaned;

  private boolean deleting;

  /** Whether the node had no room for the pod. */
  private boolean rejected;

  /** Whether a container just dies of a fault, and so does not do it for ever. */
  private boolean crashing;

  /** Whether an address has become free for a sandbox that had none. */
  private boolean retrying;

  private @Nullable String failReason;
  private @Nullable String failMessage;
  private long timer;
  private long deadlineTimer;
  private long retryTimer;
  private long stopAtNanos;
  private long sandboxFailedNanos;

  /** The back-off between tries to mount, when the next is due, and when it is complained. */
  private long mountBackoffNanos;

  private long mountAtNanos;
  private long mountTimeoutNanos;

  private PodWorker(HollowKubelets kubelets, int row, HollowContainer[] containers) {
    this.kubelets = kubelets;
    this.row = row;
    this.node = kubelets.table().node(row);
    this.plan = kubelets.table().plan(row);
    this.containers = containers;
    this.status = pod().status();
    this.startTime = status.startTime();
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
    if (startTime == Timestamps.NONE) {
      startTime = nowSecond();
    }
    createSandbox();
    armDeadline();
    settle();
  }

  /** The pod ran before anything here began, as in an imported cluster: it goes on. */
  void adopt() {
    kubelets.reserve(node, row);
    kubelets.addresses().keep(node, row);
    for (int i = 0; i < containers.length; i++) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        run(i, plannedRun(i));
      }
    }
    armDeadline();
    settle();
  }

  /** The API is told all there is, for it knows nothing of it. */
  void tell() {
    dirty = true;
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
    dirty = true;
    if (pod().metadata().deletionTimestamp() != Timestamps.NONE) {
      stopped();
      settle();
      return;
    }
    // kuberuntime: computePodActions, a pod that ran and is not to be restarted gets no new sandbox
    if ((everStarted && plan.restartPolicy == PodPlan.RestartPolicy.NEVER) || mainsEnded()) {
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
          && (i < plan.initCount || shouldRestart(container.exitCode))) {
        container.await(null, null);
      }
    }
    if (startTime == Timestamps.NONE) {
      startTime = nowSecond();
    }
    createSandbox();
    armDeadline();
    settle();
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
    } else if (plan.spec.readinessGates().isEmpty()) {
      PodStatus mine = PodStatuses.merge(status, seen.status());
      if (writing || mine.equals(seen.status())) {
        return;
      }
    } else {
      status = PodStatuses.merge(status, seen.status());
    }
    dirty = true;
    settle();
  }

  /** An address has become free: the next try to make a sandbox will succeed. */
  void retrySandbox() {
    long now = kubelets.now();
    long tries = Math.ceilDiv(now - sandboxFailedNanos, SANDBOX_RETRY_NANOS);
    long next = sandboxFailedNanos + Math.max(1, tries) * SANDBOX_RETRY_NANOS;
    retrying = true;
    timer = kubelets.schedule(next - now, this::sandboxRetried);
  }

  private void sandboxRetried() {
    timer = 0;
    retrying = false;
    sandboxCreated();
    settle();
  }

  /** Whether the pod's object is gone. */
  boolean isOrphaned() {
    return orphaned;
  }

  /** The node has crashed: nothing that was under way happens any more. */
  void abandon() {
    abandoned = true;
    cancelTimers();
    kubelets.cancel(retryTimer);
  }

  // Starting.

  private boolean admit() {
    HollowKubelet.Refusal refusal =
        node.shutdown == null ? node.pressure.refuse(plan) : NodeShutdown.NOT_ADMITTED;
    if (refusal == null) {
      refusal = node.refuse(plan);
    }
    if (refusal == null) {
      kubelets.reserve(node, row);
      return true;
    }
    failReason = refusal.reason();
    failMessage = "Pod was rejected: " + refusal.message();
    rejected = true;
    startTime = nowSecond();
    kubelets.event(pod(), "Warning", refusal.reason(), refusal.message());
    kubelets.podRefused();
    stopped();
    settle();
    return false;
  }

  private void createSandbox() {
    dirty = true;
    if (!plan.usesClaims) {
      makeSandbox();
    } else if (kubelets.volumes().awaitAttached(this, pod())) {
      mountVolumes();
    }
  }

  /** The pod's volumes are attached to its node at last. */
  void volumesAttached() {
    mountVolumes();
    settle();
  }

  private void mountVolumes() {
    long delay = latency().volumes().mount().sampleNanos(node.random);
    if (delay == 0) {
      makeSandbox();
      return;
    }
    timer =
        kubelets.schedule(
            delay,
            () -> {
              timer = 0;
              makeSandbox();
              settle();
            });
  }

  private void makeSandbox() {
    if (!plan.volumeReferences.isEmpty() && !filesAreThere()) {
      return;
    }
    long delay = slowed(latency().sandboxStart().sampleNanos(node.random));
    if (delay == 0) {
      sandboxCreated();
    } else {
      timer = kubelets.schedule(delay, this::sandboxRetried);
    }
  }

  /** Whether all that volumes bring is there; where not, it is looked for again later. */
  private boolean filesAreThere() {
    ImmutableList<PodConfiguration.Unmounted> unmounted =
        kubelets.configuration().unmounted(pod(), plan);
    if (unmounted.isEmpty()) {
      return true;
    }
    for (PodConfiguration.Unmounted volume : unmounted) {
      kubelets.event(
          pod(),
          "Warning",
          "FailedMount",
          "MountVolume.SetUp failed for volume \"" + volume.volume() + "\" : " + volume.problem());
    }
    long now = kubelets.now();
    if (mountBackoffNanos == 0) {
      mountBackoffNanos = FIRST_MOUNT_BACKOFF_NANOS;
      mountTimeoutNanos = now + PodVolumes.TIMEOUT_NANOS;
    } else {
      mountBackoffNanos = Math.min(2 * mountBackoffNanos, LAST_MOUNT_BACKOFF_NANOS);
    }
    if (now >= mountTimeoutNanos) {
      mountTimeoutNanos = now + PodVolumes.TIMEOUT_NANOS;
      kubelets.event(
          pod(),
          "Warning",
          "FailedMount",
          PodVolumes.timedOut(unmounted.stream().map(PodConfiguration.Unmounted::volume).toList()));
    }
    mountAtNanos = now + mountBackoffNanos;
    timer = kubelets.scheduleBackground(mountBackoffNanos, this::mountRetried);
    kubelets.configuration().await(this);
    return false;
  }

  private void mountRetried() {
    timer = 0;
    mountAtNanos = 0;
    makeSandbox();
    settle();
  }

  /** A ConfigMap or Secret is new or has changed: what is looked for next may be there. */
  void configurationChanged() {
    long now = kubelets.now();
    if (mountAtNanos != 0 && timer != 0) {
      kubelets.cancel(timer);
      timer = kubelets.schedule(mountAtNanos - now, this::mountRetried);
    }
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.configuredAtNanos != 0 && container.lifeTimer != 0) {
        kubelets.cancel(container.lifeTimer);
        container.lifeTimer =
            kubelets.schedule(container.configuredAtNanos - now, configuration(i));
      }
    }
  }

  private void sandboxCreated() {
    if (!plan.hostNetwork && !kubelets.addresses().take(node, row)) {
      kubelets.event(
          pod(),
          "Warning",
          "FailedCreatePodSandBox",
          "Failed to create pod sandbox: no IP addresses available in range set: " + node.ips);
      sandboxFailedNanos = kubelets.now();
      kubelets.addresses().await(node, this);
      return;
    }
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
      if (container.state == HollowContainer.State.WAITING && container.lifeTimer == 0) {
        begin(i);
      }
      return;
    }
    startMains(plan.initCount);
  }

  private void startMains(int from) {
    for (int i = from; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state == HollowContainer.State.WAITING && container.lifeTimer == 0) {
        begin(i);
        if (container.state == HollowContainer.State.WAITING && container.waitingReason == null) {
          toldBeforeSync |= syncingAt >= 0;
          syncingAt = i;
          return;
        }
      }
    }
    syncingAt = -1;
  }

  /** Pulls a container's image and starts it. */
  private void begin(int i) {
    HollowContainer container = containers[i];
    if (node.isolation != null && node.isolation.hangs()) {
      node.isolation.defer(() -> beginAfterHang(i));
      return;
    }
    if (kubelets.images().fails(node, plan, i)) {
      container.lifeTimer =
          kubelets.schedule(
              latency().imagePullStart().sampleNanos(node.random),
              () -> {
                container.lifeTimer = 0;
                pullFailed(i);
                if (i == syncingAt) {
                  startMains(i + 1);
                }
                settle();
              });
      return;
    }
    container.pullBackoffNanos = 0;
    long imageNanos = kubelets.images().nanos(node, plan, i);
    if (imageNanos < 0) {
      container.await(
          "ErrImageNeverPull",
          "Container image \""
              + plan.containers.get(i).image()
              + "\" is not present with pull policy of Never");
      kubelets.event(
          pod(), "Warning", "ErrImageNeverPull", String.valueOf(container.waitingMessage));
      kubelets.event(pod(), "Warning", "Failed", "Error: ErrImageNeverPull");
      dirty = true;
      // Meanwhile another pod may have brought the image.
      container.lifeTimer =
          kubelets.scheduleBackground(
              syncBackOffNanos(),
              () -> {
                container.lifeTimer = 0;
                begin(i);
                settle();
              });
      return;
    }
    if (imageNanos > 0) {
      kubelets.usualEvent(pod(), "Pulling", () -> "Pulling image \"" + image(i) + "\"");
    }
    if (!plan.isConfigured) {
      launch(i, imageNanos, imageNanos);
    } else if (imageNanos == 0) {
      configure(i, 0);
    } else {
      container.lifeTimer =
          kubelets.schedule(
              imageNanos,
              () -> {
                container.lifeTimer = 0;
                configure(i, imageNanos);
                passOn(i);
                settle();
              });
    }
  }

  /** The image is there. Goes on where all else is there, too, that the container is told of. */
  private void configure(int i, long pullNanos) {
    HollowContainer container = containers[i];
    String problem = kubelets.configuration().problemOfContainer(pod(), plan, i);
    if (problem == null) {
      launch(i, pullNanos, 0);
      return;
    }
    // kuberuntime: startContainer, generateContainerConfig
    tellPulled(i, pullNanos);
    kubelets.event(pod(), "Warning", "Failed", "Error: " + problem);
    container.await("CreateContainerConfigError", problem);
    dirty = true;
    long delay = syncBackOffNanos();
    container.configuredAtNanos = kubelets.now() + delay;
    container.lifeTimer = kubelets.scheduleBackground(delay, configuration(i));
    kubelets.configuration().await(this);
  }

  private Runnable configuration(int i) {
    return () -> {
      containers[i].lifeTimer = 0;
      containers[i].configuredAtNanos = 0;
      begin(i);
      settle();
    };
  }

  /** Starts what comes after a container, where that was being started and is no more. */
  private void passOn(int i) {
    HollowContainer container = containers[i];
    if (i == syncingAt
        && (container.state != HollowContainer.State.WAITING || container.waitingReason != null)) {
      startMains(i + 1);
    }
  }

  /**
   * Starts a container.
   *
   * @param pullNanos how long its image was pulled
   * @param delayNanos how long its image still has to be pulled
   */
  private void launch(int i, long pullNanos, long delayNanos) {
    HollowContainer container = containers[i];
    ContainerRun run = plannedRun(i);
    long startNanos =
        run.startNanos() == ContainerRun.PROFILE
            ? slowed(latency().containerStart().sampleNanos(node.random))
            : run.startNanos();
    // The kubelet is busy with the container until its hook is through.
    startNanos +=
        Hooks.postStartNanos(kubelets.behaviour(), pod(), plan.containers.get(i), node.random);
    if (delayNanos + startNanos == 0) {
      started(i, run, pullNanos);
    } else {
      container.lifeTimer =
          kubelets.schedule(
              delayNanos + startNanos,
              () -> {
                container.lifeTimer = 0;
                started(i, run, pullNanos);
                if (i == syncingAt) {
                  startMains(i + 1);
                }
                settle();
              });
    }
  }

  /** The kubelet hung when a container was to be started, and does not any more. */
  private void beginAfterHang(int i) {
    HollowContainer container = containers[i];
    boolean awaited =
        stage == Stage.UP
            && container.state != HollowContainer.State.RUNNING
            && container.lifeTimer == 0;
    if (abandoned || !awaited) {
      return;
    }
    begin(i);
    if (i == syncingAt && container.state == HollowContainer.State.RUNNING) {
      startMains(i + 1);
    }
    settle();
  }

  /**
   * A pull has failed. The pod is synced again every 10 to 15 s; each sync first tells what the one
   * before found, then tries again if the back-off is over, which is 10 s, doubling up to 5 min
   * (kubelet: images, EnsureImageExists; pod_workers.go, completeWork). The first failure is
   * followed by a sync at once, for the sandbox that has started.
   */
  private void pullFailed(int i) {
    HollowContainer container = containers[i];
    long now = kubelets.now();
    boolean first =
        container.pullBackoffNanos == 0
            || now - container.pullFailedNanos > BACKOFF_FORGOTTEN_NANOS;
    container.pullBackoffNanos =
        first ? FIRST_BACKOFF_NANOS : Math.min(2 * container.pullBackoffNanos, LAST_BACKOFF_NANOS);
    container.pullFailedNanos = now;
    container.backsOffFromPull = false;
    kubelets.event(pod(), "Warning", "Failed", pullProblem(i));
    kubelets.event(pod(), "Warning", "Failed", "Error: " + ERR_IMAGE_PULL);
    if (container.waitingReason == null) {
      awaitImage(i);
      backOffFromPull(i);
    }
    syncImageLater(i);
  }

  private String pullProblem(int i) {
    return "Failed to pull image \"" + plan.containers.get(i).image() + "\": it cannot be had";
  }

  private void awaitImage(int i) {
    HollowContainer container = containers[i];
    String reason = container.backsOffFromPull ? IMAGE_PULL_BACK_OFF : ERR_IMAGE_PULL;
    if (reason.equals(container.waitingReason)) {
      return;
    }
    String image = plan.containers.get(i).image();
    container.await(
        reason,
        container.backsOffFromPull
            ? "Back-off pulling image \"" + image + "\": ErrImagePull: it cannot be had"
            : "it cannot be had");
    dirty = true;
  }

  private void backOffFromPull(int i) {
    containers[i].backsOffFromPull = true;
    kubelets.event(
        pod(),
        "Normal",
        "BackOff",
        "Back-off pulling image \"" + plan.containers.get(i).image() + "\"");
    kubelets.event(pod(), "Warning", "Failed", "Error: " + IMAGE_PULL_BACK_OFF);
  }

  private void syncImageLater(int i) {
    HollowContainer container = containers[i];
    Runnable sync =
        () -> {
          container.lifeTimer = 0;
          awaitImage(i);
          if (kubelets.now() - container.pullFailedNanos < container.pullBackoffNanos) {
            backOffFromPull(i);
            syncImageLater(i);
          } else {
            begin(i);
          }
          settle();
        };
    // What fails for ever keeps no run from being idle.
    boolean hopeless =
        container.pullBackoffNanos >= LAST_BACKOFF_NANOS
            && !kubelets.images().registryComesBack()
            && kubelets.images().fails(node, plan, i);
    container.lifeTimer =
        !hopeless
            ? kubelets.schedule(syncBackOffNanos(), sync)
            : kubelets.scheduleBackground(syncBackOffNanos(), sync);
  }

  /** kubelet: backOffPeriod, with workerBackOffPeriodJitterFactor. */
  private long syncBackOffNanos() {
    return (long) (SYNC_BACKOFF_NANOS * (1 + node.random.nextDouble() / 2));
  }

  private ContainerRun plannedRun(int i) {
    return kubelets
        .behaviour()
        .run(
            pod(),
            plan.containers.get(i),
            plan.isInit(i),
            containers[i].restarts + (containers[i].everStarted() ? 1 : 0),
            node.random);
  }

  private @Nullable String image(int i) {
    return plan.containers.get(i).image();
  }

  private String name(int i) {
    return plan.containers.get(i).name();
  }

  private void started(int i, ContainerRun run, long pullNanos) {
    HollowContainer container = containers[i];
    tellPulled(i, pullNanos);
    kubelets.usualEvent(pod(), "Created", () -> "Created container: " + name(i));
    kubelets.usualEvent(pod(), "Started", () -> "Started container " + name(i));
    container.run(nowSecond());
    kubelets.containerStarted();
    dirty = true;
    run(i, run);
    if (plan.isSidecar(i) && container.started) {
      startNext();
    }
  }

  private void tellPulled(int i, long pullNanos) {
    kubelets.usualEvent(
        pod(),
        "Pulled",
        () ->
            pullNanos > 0
                ? "Successfully pulled image \"" + image(i) + "\" in " + seconds(pullNanos)
                : "Container image \"" + image(i) + "\" already present on machine");
  }

  private static String seconds(long nanos) {
    long millis = nanos / 1_000_000;
    return millis < 1_000
        ? millis + "ms"
        : millis / 1_000 + "." + "%03d".formatted(millis % 1_000) + "s";
  }

  /** A probe has failed as often as it may; all but the readiness probe end the container. */
  private void unhealthy(int i, String probe) {
    kubelets.event(pod(), "Warning", "Unhealthy", probe + " probe failed: ");
    if (!probe.equals("Readiness")) {
      kubelets.event(
          pod(),
          "Normal",
          "Killing",
          "Container "
              + name(i)
              + " failed "
              + (probe.equals("Startup") ? "startup" : "liveness")
              + " probe, will be restarted");
    }
  }

  /** A process runs: sees to its probes and to its end. */
  private void run(int i, ContainerRun run) {
    HollowContainer container = containers[i];
    Container spec = plan.containers.get(i);
    if (plan.isInit(i)) {
      container.started = false;
      container.ready = false;
    } else {
      probe(i, container, spec, run);
    }
    long endNanos = run.runNanos();
    int exitCode = run.exitCode();
    boolean hung = false;
    if (run.aliveNanos() != ContainerRun.FOREVER && !plan.isInit(i)) {
      hang(i, spec, run.aliveNanos());
      Probe liveness = spec.livenessProbe();
      if (liveness != null) {
        long killedNanos =
            Probes.lostNanos(liveness, run.aliveNanos())
                + stopping(i, 0, graceNanos(liveness)).nanos();
        if (killedNanos < endNanos) {
          endNanos = killedNanos;
          exitCode = KILLED;
          hung = true;
        }
      }
    }
    String reason = null;
    if (run.usesMemory()) {
      long limitBytes = limit(spec, "memory");
      long exceededNanos = run.exceedsNanos(limitBytes);
      if (limitBytes > 0 && exceededNanos < endNanos) {
        // The kernel ends what outgrows its cgroup.
        endNanos = exceededNanos;
        exitCode = KILLED;
        reason = OOM_KILLED;
        hung = false;
      }
      node.pressure.usesMemory(row, i, run);
    }
    if (run.usesDisk()) {
      boolean spared = Shortage.isCritical(plan) || StaticPods.isMirror(pod());
      node.pressure.usesDisk(row, i, run, spared ? 0 : limit(spec, "ephemeral-storage"));
    }
    if (endNanos != ContainerRun.FOREVER && container.lifeTimer == 0) {
      int code = exitCode;
      String why = reason;
      boolean byProbe = hung;
      container.lifeTimer =
          kubelets.schedule(
              endNanos,
              () -> {
                container.lifeTimer = 0;
                if (byProbe) {
                  unhealthy(i, "Liveness");
                }
                ended(i, code, why);
                settle();
              });
    }
  }

  private static long limit(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity limit = resources == null ? null : resources.limits().get(resource);
    return limit == null ? 0 : limit.value();
  }

  /** The node has no memory left: the kernel ends a container. */
  void outOfMemory(int i) {
    ended(i, KILLED, OOM_KILLED);
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
    if (stage == Stage.STOPPING) {
      stop(graceSeconds);
      settle();
      return;
    }
    kubelets.podEvicted();
    failReason = EVICTED;
    failMessage = message;
    status = PodStatuses.disrupted(status, message, nowSecond());
    kubelets.event(pod(), "Warning", EVICTED, message);
    stop(graceSeconds);
    settle();
  }

  /** The node is shut down in order (kubelet: nodeshutdown_manager.go). */
  void shutDown(long periodSeconds) {
    if (stage != Stage.STOPPED && failReason == null) {
      failReason = NodeShutdown.REASON;
      failMessage = NodeShutdown.MESSAGE;
      status = PodStatuses.disrupted(status, failMessage, nowSecond());
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
      boolean meant = name.equals("*") || name.equals(plan.containers.get(i).name());
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

  /** A process that hangs answers its readiness probe no more either. */
  private void hang(int i, Container spec, long aliveNanos) {
    HollowContainer container = containers[i];
    Probe readiness = spec.readinessProbe();
    if (readiness != null) {
      container.hangTimer =
          kubelets.schedule(
              Probes.lostNanos(readiness, aliveNanos),
              () -> {
                container.hangTimer = 0;
                kubelets.cancel(container.probeTimer);
                container.probeTimer = 0;
                dirty |= container.ready;
                container.ready = false;
                unhealthy(i, "Readiness");
                settle();
              });
    }
  }

  private void probe(int i, HollowContainer container, Container spec, ContainerRun run) {
    if (container.ready && container.started) {
      return;
    }
    Probe startup = spec.startupProbe();
    Probe readiness = spec.readinessProbe();
    if (startup == null && readiness == null) {
      container.started = true;
      container.ready = true;
      return;
    }
    long willingNanos =
        run.readyNanos() == ContainerRun.PROFILE
            ? latency().readiness().sampleNanos(node.random)
            : run.readyNanos();
    long startedNanos = 0;
    if (startup != null) {
      long failedNanos = Probes.failedNanos(startup);
      startedNanos = Probes.succeededNanos(startup, 0, willingNanos);
      if (startedNanos > failedNanos) {
        container.started = false;
        container.lifeTimer =
            kubelets.schedule(
                failedNanos + stopping(i, 0, graceNanos(startup)).nanos(),
                () -> {
                  container.lifeTimer = 0;
                  unhealthy(i, "Startup");
                  ended(i, KILLED, null);
                  settle();
                });
        return;
      }
    }
    long readyNanos =
        readiness == null
            ? startedNanos
            : Probes.succeededNanos(readiness, startedNanos, willingNanos);
    if (startedNanos == 0) {
      container.started = true;
      becomeReady(container, readyNanos);
    } else {
      container.started = false;
      long rest = readyNanos - startedNanos;
      container.probeTimer =
          kubelets.schedule(
              startedNanos,
              () -> {
                container.probeTimer = 0;
                container.started = true;
                dirty = true;
                becomeReady(container, rest);
                if (plan.isSidecar(i)) {
                  startNext();
                }
                settle();
              });
    }
  }

  private void becomeReady(HollowContainer container, long afterNanos) {
    container.ready = afterNanos == 0;
    if (!container.ready) {
      container.probeTimer =
          kubelets.schedule(
              afterNanos,
              () -> {
                container.probeTimer = 0;
                container.ready = true;
                dirty = true;
                settle();
              });
    }
  }

  // Ending.

  private void ended(int i, int exitCode, @Nullable String reason) {
    HollowContainer container = containers[i];
    cancelTimers(container);
    node.pressure.ended(row, i);
    container.end(
        exitCode, reason != null ? reason : exitCode == 0 ? "Completed" : "Error", nowSecond());
    dirty = true;
    if (plan.isInit(i)) {
      if (exitCode == 0) {
        container.ready = true;
        startNext();
      } else if (plan.restartPolicy == PodPlan.RestartPolicy.NEVER) {
        stop(plan.graceSeconds);
      } else {
        backOff(i);
      }
    } else if (plan.isSidecar(i) || shouldRestart(exitCode)) {
      backOff(i);
    } else if (mainsEnded()) {
      stop(plan.graceSeconds);
    }
  }

  private boolean shouldRestart(int exitCode) {
    return switch (plan.restartPolicy) {
      case ALWAYS -> true;
      case ON_FAILURE -> exitCode != 0;
      case NEVER -> false;
    };
  }

  /** Whether all containers that make the pod have ended and none will be started again. */
  private boolean mainsEnded() {
    for (int i = plan.initCount; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state != HollowContainer.State.TERMINATED
          || shouldRestart(container.exitCode)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Starts a container again: the first time at once, then after 10 s, doubling up to 5 min, until
   * it has run for 10 min (kuberuntime: doBackOff; client-go: flowcontrol.Backoff).
   */
  private void backOff(int i) {
    HollowContainer container = containers[i];
    long now = kubelets.now();
    boolean known =
        container.backoffNanos > 0 && now - container.backoffAtNanos <= BACKOFF_FORGOTTEN_NANOS;
    long delay = known ? container.backoffNanos : 0;
    container.backoffNanos = known ? Math.min(2 * delay, LAST_BACKOFF_NANOS) : FIRST_BACKOFF_NANOS;
    container.backoffAtNanos = now + delay;
    if (delay == 0) {
      kubelets.containerRestarted();
      begin(i);
      return;
    }
    Pod pod = pod();
    container.await(
        "CrashLoopBackOff",
        "back-off "
            + backOffText(delay)
            + " restarting failed container="
            + plan.containers.get(i).name()
            + " pod="
            + pod.name()
            + "_"
            + pod.metadata().namespace()
            + "("
            + pod.metadata().uid()
            + ")");
    kubelets.event(
        pod,
        "Warning",
        "BackOff",
        "Back-off restarting failed container " + plan.containers.get(i).name());
    Runnable restart =
        () -> {
          container.lifeTimer = 0;
          kubelets.containerRestarted();
          begin(i);
          settle();
        };
    // A container that crashes for ever keeps no run from being idle.
    container.lifeTimer =
        delay < LAST_BACKOFF_NANOS || crashing
            ? kubelets.schedule(delay, restart)
            : kubelets.scheduleBackground(delay, restart);
  }

  /** As Go prints a duration of whole seconds: 10s, 1m20s, 5m0s. */
  private static String backOffText(long nanos) {
    long seconds = nanos / SECOND;
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }

  /**
   * Stops all that runs: containers first, then sidecars in reverse order, all within the grace
   * period.
   */
  private void stop(long graceSeconds) {
    long graceNanos = Math.max(LEAST_GRACE_SECONDS, graceSeconds) * SECOND;
    long now = kubelets.now();
    if (stage == Stage.STOPPING) {
      if (now + graceNanos < stopAtNanos) {
        kubelets.cancel(timer);
        for (HollowContainer container : containers) {
          if (container.state == HollowContainer.State.RUNNING) {
            container.exitCode = KILLED;
            container.finishedAt = second(now + graceNanos);
          }
        }
        stopAt(now + graceNanos);
      }
      return;
    }
    cancelTimers();
    kubelets.addresses().stopWaiting(node, this, retrying);
    long last = 0;
    boolean running = false;
    for (int i = plan.initCount; i < containers.length; i++) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        running = true;
        last = Math.max(last, planEnd(i, now, 0, graceNanos));
      }
    }
    for (int i = plan.initCount - 1; i >= 0; i--) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        running = true;
        last = planEnd(i, now, last, graceNanos);
      }
    }
    stage = Stage.STOPPING;
    if (!running || last == 0) {
      stopped();
    } else {
      stopAt(now + last);
    }
  }

  /** How long a container that fails a probe has to stop (KEP-2238). */
  private long graceNanos(Probe probe) {
    Long own = probe.terminationGracePeriodSeconds();
    return Math.max(LEAST_GRACE_SECONDS, own == null ? plan.graceSeconds : own) * SECOND;
  }

  /** When a running container will have stopped, counted from now; its end is written down. */
  private long planEnd(int i, long now, long signalNanos, long graceNanos) {
    HollowContainer container = containers[i];
    Stop stop = stopping(i, signalNanos, graceNanos);
    kubelets.usualEvent(pod(), "Killing", () -> "Stopping container " + name(i));
    container.exitCode = stop.killed() ? KILLED : 0;
    container.finishedAt = second(now + stop.nanos());
    return stop.nanos();
  }

  /**
   * How a container stops.
   *
   * @param nanos after how long, counted from when its pod or it is to stop
   * @param killed whether it did not stop by itself in time
   */
  private record Stop(long nanos, boolean killed) {}

  /**
   * How a container will stop. Its hook runs within the grace period; however long that was, two
   * seconds are left for the process (kuberuntime: killContainer).
   *
   * @param signalNanos after which it is its turn
   */
  private Stop stopping(int i, long signalNanos, long graceNanos) {
    long hook =
        Math.min(
            Hooks.preStopNanos(kubelets.behaviour(), pod(), plan.containers.get(i), node.random),
            graceNanos);
    long own = latency().containerStop().sampleNanos(node.random);
    long told = Math.min(signalNanos + hook, graceNanos);
    long last = hook == 0 ? graceNanos : Math.max(graceNanos, told + LEAST_GRACE_SECONDS * SECOND);
    return new Stop(Math.min(told + own, last), told + own > last);
  }

  private void stopAt(long nanos) {
    stopAtNanos = nanos;
    timer =
        kubelets.schedule(
            nanos - kubelets.now(),
            () -> {
              timer = 0;
              stopped();
              settle();
            });
  }

  /** No container runs any more, nor ever will: what the pod held is free again. */
  private void stopped() {
    cancelTimers();
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (container.state == HollowContainer.State.RUNNING) {
        int exitCode = container.exitCode;
        container.end(exitCode, exitCode == 0 ? "Completed" : "Error", container.finishedAt);
      } else if (container.state == HollowContainer.State.WAITING
          && container.lastState != null
          && failReason == null) {
        container.restoreLastEnd();
      } else if (container.state == HollowContainer.State.WAITING
          && i >= plan.initCount
          && initialized()
          && failReason == null) {
        // kubelet: status manager, TerminatePod
        container.end(KILLED, "ContainerStatusUnknown", Timestamps.NONE);
        container.endMessage = "The container could not be located when the pod was terminated";
      }
    }
    stage = Stage.STOPPED;
    sandboxReady = false;
    syncingAt = -1;
    dirty = true;
    node.pressure.ended(row);
    kubelets.release(node, row);
    kubelets.table().ended[row] = true;
    kubelets.podStopped(node);
  }

  private boolean initialized() {
    for (int i = 0; i < plan.initCount; i++) {
      if (plan.isInit(i) && !containers[i].succeeded()) {
        return false;
      }
    }
    return true;
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
              failReason = "DeadlineExceeded";
              failMessage = "Pod was active on the node longer than the specified deadline";
              kubelets.event(pod(), "Normal", failReason, failMessage);
              stop(plan.graceSeconds);
              settle();
            });
  }

  // Telling the API.

  /** After each step: tells the API what is new, deletes the pod, or leaves it to itself. */
  private void settle() {
    if (orphaned && stage == Stage.STOPPED) {
      forget();
    } else if (abandoned || orphaned || writing) {
      return;
    } else if (dirty && (syncingAt < 0 || !toldBeforeSync)) {
      write();
    } else if (!dirty && stage == Stage.STOPPED) {
      finish();
    } else if (!dirty && stage == Stage.UP && isSteady()) {
      kubelets.table().workers[row] = null;
    }
  }

  private boolean isSteady() {
    if (deadlineTimer != 0) {
      return false;
    }
    for (int i = 0; i < containers.length; i++) {
      HollowContainer container = containers[i];
      if (plan.isInit(i)) {
        if (!container.succeeded()) {
          return false;
        }
      } else if (container.state != HollowContainer.State.RUNNING
          || !container.ready
          || container.lifeTimer != 0
          || container.probeTimer != 0
          || container.hangTimer != 0) {
        return false;
      }
    }
    return true;
  }

  private void write() {
    dirty = false;
    toldBeforeSync = syncingAt >= 0;
    int ip = kubelets.table().ips[row];
    String podIp = status.podIP();
    if (stage == Stage.UP || stage == Stage.STARTING) {
      podIp = plan.hostNetwork ? node.hostIp : ip == PodIps.NONE ? null : ipText(ip, podIp);
    }
    boolean ended = stage == Stage.STOPPED;
    NodeDevices devices = node.devices;
    status =
        kubelets
            .statuses()
            .compose(
                new PodStatuses.Input(
                    plan,
                    containers,
                    sandboxReady,
                    ended,
                    rejected,
                    node.hostIp,
                    podIp,
                    startTime,
                    ended ? failReason : null,
                    ended ? failMessage : null,
                    devices != null && devices.tellsOf(row)
                        ? i -> devices.health(row, plan, i)
                        : null),
                status,
                nowSecond());
    pending = status;
    writing = true;
    if (node.isolation != null) {
      node.isolation.hold(this::writeWhatIsNow);
      return;
    }
    // kubelet: the status manager reads the pod before it patches its status
    kubelets.requests().patchStatus(node, ObjectKey.of(pod()), this);
  }

  /** The API can be told again: the newest, and not what there was when it could not. */
  private void writeWhatIsNow() {
    if (!abandoned) {
      writing = false;
      pending = null;
      dirty = true;
      settle();
    }
  }

  private static String ipText(int ip, @Nullable String known) {
    // The same instance as before, where it is the same: it is kept with each version of the pod.
    String text = Cidr.text(ip);
    return known != null && text.equals(known) ? known : text;
  }

  /** The pod as the API has it, with the status that was sent. */
  @Override
  public Pod apply(Pod stored) {
    if (abandoned || pending == null || !isSamePod(stored)) {
      return stored;
    }
    PodStatus merged = PodStatuses.merge(pending, stored.status());
    return merged.equals(stored.status()) ? stored : stored.withStatus(merged);
  }

  @Override
  public void answer(@Nullable Pod stored, @Nullable ApiException error) {
    if (abandoned) {
      return;
    }
    writing = false;
    pending = null;
    if (stored != null && isSamePod(stored)) {
      kubelets.seen(row, stored);
      settle();
    } else if (stored != null) {
      // Another pod has the name now: the watch is about to tell that this one is gone.
      return;
    } else if (error == null || error.reason() != ApiException.Reason.NOT_FOUND) {
      retryLater();
    }
  }

  private boolean isSamePod(Pod other) {
    return PodTable.uid(other).equals(PodTable.uid(pod()));
  }

  private void retryLater() {
    dirty = true;
    writing = true;
    retryTimer =
        kubelets.schedule(
            RETRY_NANOS,
            () -> {
              retryTimer = 0;
              writing = false;
              settle();
            });
  }

  /** The API knows of the pod's end. Where it is to be deleted, now it can be. */
  private void finish() {
    Pod pod = pod();
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    if (pod.metadata().deletionTimestamp() == Timestamps.NONE) {
      kubelets.podEnded(row);
      return;
    }
    if (deleting || (grace != null && grace == 0)) {
      return;
    }
    deleting = true;
    kubelets
        .requests()
        .delete(
            node,
            ObjectKey.of(pod),
            new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, pod.metadata().uid()),
            (deleted, error) -> {
              if (abandoned || error == null || error.reason() == ApiException.Reason.NOT_FOUND) {
                return;
              }
              retryTimer =
                  kubelets.schedule(
                      RETRY_NANOS,
                      () -> {
                        retryTimer = 0;
                        deleting = false;
                        settle();
                      });
            });
  }

  private void forget() {
    abandon();
    kubelets.remove(row);
  }

  private void cancelTimers() {
    if (plan.usesClaims) {
      kubelets.volumes().forget(this, pod());
    }
    if (plan.isConfigured) {
      kubelets.configuration().forget(this);
    }
    mountAtNanos = 0;
    kubelets.cancel(timer);
    kubelets.cancel(deadlineTimer);
    timer = 0;
    deadlineTimer = 0;
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

  private Pod pod() {
    return kubelets.table().pod(row);
  }

  private LatencyProfile latency() {
    return kubelets.latency();
  }

  private long slowed(long nanos) {
    return node.diskFactor == 1 ? nanos : (long) (nanos * node.diskFactor);
  }

  private long nowSecond() {
    return second(kubelets.now());
  }

  private long second(long nanos) {
    return Timestamps.toSecond(kubelets.epochNanos(nanos) + node.clockNanos);
  }
}
