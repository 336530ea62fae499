package io.towtank.node;

/**
 * A container's way from its turn to its process (kuberuntime: startContainer):
 *
 * <pre>
 *   begin ──▶ image pulled or there ──▶ configured ──▶ process runs, postStart hook ──▶ started
 *     ▲            │ ImageBackOff           │ CreateContainer-         │ killed: PostStartHookError
 *     └────────────┴────────────────────────┘ ConfigError, later       └──▶ CrashLoop
 * </pre>
 */
final class ContainerStart {
  private final PodWorker worker;
  private final HollowKubelets kubelets;
  private final ImageBackOff imageBackOff;

  ContainerStart(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
    this.imageBackOff = new ImageBackOff(worker);
  }

  /** Pulls a container's image and starts it. */
  void begin(int i) {
    HollowKubelet node = worker.node;
    HollowContainer container = worker.containers[i];
    if (node.isolation != null && node.isolation.hangs()) {
      node.isolation.defer(() -> beginAfterHang(i));
      return;
    }
    String mistake = worker.plan.imageMistakes[i];
    if (mistake != null) {
      imageBackOff.misnamed(i, mistake);
      return;
    }
    if (kubelets.images().fails(node, worker.plan, i)) {
      later(
          i,
          kubelets.latency().imagePullStart().sampleNanos(node.random),
          () -> {
            imageBackOff.failed(i);
            worker.passOn(i);
          });
      return;
    }
    container.pullBackoffNanos = 0;
    long imageNanos = kubelets.images().nanos(node, worker.plan, i);
    if (imageNanos < 0) {
      imageBackOff.absent(i);
      return;
    }
    if (imageNanos > 0) {
      kubelets.usualEvent(
          worker.pod(), "Pulling", () -> "Pulling image \"" + worker.image(i) + "\"");
    }
    if (!worker.plan.isConfigured) {
      launch(i, imageNanos, imageNanos);
    } else if (imageNanos == 0) {
      configure(i, 0);
    } else {
      later(
          i,
          imageNanos,
          () -> {
            configure(i, imageNanos);
            if (!container.isBeingStarted()) {
              worker.passOn(i);
            }
          });
    }
  }

  /** The kubelet hung when a container was to be started, and does not any more. */
  private void beginAfterHang(int i) {
    HollowContainer container = worker.containers[i];
    boolean awaited =
        worker.isUp()
            && container.state != HollowContainer.State.RUNNING
            && container.lifeTimer == 0;
    if (!awaited) {
      return;
    }
    begin(i);
    worker.passOn(i);
    worker.settle();
  }

  /** The image is there. Goes on where all else is there, too, that the container is told of. */
  private void configure(int i, long pullNanos) {
    String problem = kubelets.configuration().problemOfContainer(worker.pod(), worker.plan, i);
    if (problem == null) {
      launch(i, pullNanos, 0);
      return;
    }
    // kuberuntime: startContainer, generateContainerConfig
    tellPulled(i, pullNanos);
    kubelets.event(worker.pod(), "Warning", "Failed", "Error: " + problem);
    HollowContainer container = worker.containers[i];
    container.await("CreateContainerConfigError", problem);
    worker.changed();
    long delay = worker.syncBackOffNanos();
    container.configuredAtNanos = kubelets.now() + delay;
    container.lifeTimer = kubelets.scheduleBackground(delay, () -> configureAgain(i));
    kubelets.configuration().await(worker);
  }

  private void configureAgain(int i) {
    worker.containers[i].lifeTimer = 0;
    worker.containers[i].configuredAtNanos = 0;
    begin(i);
    worker.settle();
  }

  /** A ConfigMap or Secret is new or has changed: what is looked for next may be there. */
  void configurationChanged() {
    for (int i = 0; i < worker.containers.length; i++) {
      HollowContainer container = worker.containers[i];
      if (container.configuredAtNanos != 0 && container.lifeTimer != 0) {
        int configured = i;
        kubelets.cancel(container.lifeTimer);
        container.lifeTimer =
            kubelets.schedule(
                container.configuredAtNanos - kubelets.now(), () -> configureAgain(configured));
      }
    }
  }

  /**
   * Starts a process.
   *
   * @param pullNanos how long its image was pulled
   * @param delayNanos how long its image still has to be pulled
   */
  private void launch(int i, long pullNanos, long delayNanos) {
    HollowKubelet node = worker.node;
    ContainerRun run = worker.plannedRun(i);
    long startNanos =
        run.startNanos() == ContainerRun.PROFILE
            ? node.slowed(kubelets.latency().containerStart().sampleNanos(node.random))
            : run.startNanos();
    if (delayNanos + startNanos == 0) {
      started(i, run, pullNanos);
    } else {
      later(
          i,
          delayNanos + startNanos,
          () -> {
            started(i, run, pullNanos);
            worker.passOn(i);
          });
    }
  }

  private void started(int i, ContainerRun run, long pullNanos) {
    HollowContainer container = worker.containers[i];
    tellPulled(i, pullNanos);
    kubelets.usualEvent(worker.pod(), "Created", () -> "Created container: " + worker.name(i));
    kubelets.usualEvent(worker.pod(), "Started", () -> "Started container " + worker.name(i));
    kubelets.containerStarted();
    int attempt = container.runs();
    container.run(worker.nowSecond());
    Hook hook =
        Hook.postStart(
            kubelets.behaviour(),
            worker.pod(),
            worker.plan.containers.get(i),
            attempt,
            worker.node.random);
    if (hook == null || (hook.nanos() == 0 && !hook.fails())) {
      worker.started(i, run, 0);
      return;
    }
    // The kubelet is busy with the container until its hook is through.
    container.runsHook = true;
    later(
        i,
        hook.nanos(),
        () -> {
          if (hook.fails()) {
            postStartFailed(i, String.valueOf(hook.problem()));
            return;
          }
          container.runsHook = false;
          worker.started(i, run, hook.nanos());
          worker.passOn(i);
        });
  }

  /** The hook after a container's start has failed: the kubelet kills the container. */
  private void postStartFailed(int i, String problem) {
    HollowContainer container = worker.containers[i];
    kubelets.event(worker.pod(), "Warning", "FailedPostStartHook", "PostStartHook failed");
    kubelets.event(worker.pod(), "Normal", "Killing", "FailedPostStartHook");
    worker.termination.kill(
        i,
        worker.plan.graceSeconds,
        exitCode -> {
          worker.ended(i, exitCode, null);
          if (container.state == HollowContainer.State.TERMINATED && container.lifeTimer != 0) {
            // It is being started again: until it runs, the kubelet tells why it did not.
            container.await("PostStartHookError", problem);
          }
          worker.passOn(i);
        });
  }

  private void tellPulled(int i, long pullNanos) {
    kubelets.usualEvent(
        worker.pod(),
        "Pulled",
        () ->
            pullNanos > 0
                ? "Successfully pulled image \"" + worker.image(i) + "\" in " + seconds(pullNanos)
                : "Container image \"" + worker.image(i) + "\" already present on machine");
  }

  private static String seconds(long nanos) {
    long millis = nanos / 1_000_000;
    return millis < 1_000
        ? millis + "ms"
        : millis / 1_000 + "." + "%03d".formatted(millis % 1_000) + "s";
  }

  private void later(int i, long delayNanos, Runnable action) {
    HollowContainer container = worker.containers[i];
    container.lifeTimer =
        kubelets.schedule(
            delayNanos,
            () -> {
              container.lifeTimer = 0;
              action.run();
              worker.settle();
            });
  }
}
