package io.towtank.benchmarks.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerStateBuilder;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStatus;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMeta;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import org.jspecify.annotations.Nullable;

/**
 * Pods as a cluster has them: each ReplicaSet's share one spec, labels and owner, and those that
 * start in the same second share what their kubelets say of conditions and containers.
 */
final class Fleet {
  /** 2026-01-01. */
  static final long START_NANOS = 1_767_225_600_000_000_000L;

  private static final ImmutableList<String> CONDITIONS =
      ImmutableList.of(
          "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

  private final ApiStore store;
  private final Simulation simulation;
  private final Pod[] templates;
  private final String[] nodes;
  private final String[] hostIps;
  private ImmutableList<PodCondition> ready = ImmutableList.of();
  private long readySecond = Long.MIN_VALUE;
  private final @Nullable ImmutableList<ContainerStatus>[] running;
  private final long[] runningSecond;
  private int next;

  @SuppressWarnings({"unchecked", "rawtypes"})
  Fleet(ApiStore store, Simulation simulation, int replicaSets, int nodes) {
    this.store = store;
    this.simulation = simulation;
    this.templates = new Pod[replicaSets];
    this.running = new ImmutableList[replicaSets];
    this.runningSecond = new long[replicaSets];
    for (int i = 0; i < replicaSets; i++) {
      templates[i] = template(i);
    }
    this.nodes = new String[nodes];
    this.hostIps = new String[nodes];
    for (int i = 0; i < nodes; i++) {
      this.nodes[i] = String.format("node-%05d", i);
      this.hostIps[i] = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
    }
  }

  private static Pod template(int number) {
    String name = String.format("app-%04d-7d4b9c6f5", number);
    Quantity cpu = Quantity.parse("100m");
    Quantity memory = Quantity.parse("128Mi");
    Container container =
        ContainerBuilder.builder()
            .name("app")
            .image("registry.example.com/app-" + number + ":v1")
            .resources(
                new ResourceRequirements(
                    ImmutableMap.of(), ImmutableMap.of("cpu", cpu, "memory", memory), Fields.NONE))
            .build();
    PodSpec spec =
        PodSpecBuilder.builder()
            .containers(ImmutableList.of(container))
            .restartPolicy("Always")
            .terminationGracePeriodSeconds(30L)
            .schedulerName("default-scheduler")
            .build();
    OwnerReference owner =
        new OwnerReference(
            "apps/v1", "ReplicaSet", name, Uid.of(7, number), true, true, Fields.NONE);
    ObjectMeta meta =
        new ObjectMeta(
            "",
            name + "-",
            "default",
            null,
            0,
            Timestamps.NONE,
            Timestamps.NONE,
            null,
            ImmutableMap.of("app", "app-" + number, "pod-template-hash", "7d4b9c6f5"),
            ImmutableMap.of(),
            ImmutableList.of(owner),
            ImmutableList.of(),
            Fields.NONE);
    return new Pod(meta, 0, spec, null, status(PodPhase.PENDING, null), Fields.NONE);
  }

  private static PodStatus status(PodPhase phase, @Nullable String podIp) {
    return new PodStatus(
        phase,
        ImmutableList.of(),
        null,
        null,
        null,
        null,
        podIp,
        Timestamps.NONE,
        null,
        ImmutableList.of(),
        ImmutableList.of(),
        Fields.NONE);
  }

  /** Creates the next pod, of the ReplicaSets in turn. */
  Pod create() {
    return store.create(templates[next++ % templates.length]);
  }

  /** Binds a pod to the next node. */
  Pod bind(Pod pod) {
    return store.bind("default", pod.name(), nodes[next % nodes.length]);
  }

  /** Has a bound pod run. */
  Pod run(Pod pod) {
    int node = next % nodes.length;
    return store.updateStatus(pod.withStatus(running(pod, hostIps[node], podIp(next))));
  }

  /** A running pod's next status: it becomes ready, or no longer is. */
  Pod flip(Pod pod, int number) {
    PodStatus status = pod.status();
    boolean isReady = status.podIP() != null;
    String hostIp = hostIps[number % hostIps.length];
    return store.updateStatus(
        pod.withStatus(
            isReady ? status(PodPhase.RUNNING, null) : running(pod, hostIp, podIp(number))));
  }

  private PodStatus running(Pod pod, String hostIp, String podIp) {
    long second = Timestamps.toSecond(simulation.epochNanos());
    return new PodStatus(
        PodPhase.RUNNING,
        ready(second),
        null,
        null,
        null,
        hostIp,
        podIp,
        second,
        pod.status().qosClass(),
        ImmutableList.of(),
        containers(pod, second),
        Fields.NONE);
  }

  private static String podIp(int number) {
    return "10." + (64 + (number >> 16)) + "." + (number >> 8 & 255) + "." + (number & 255);
  }

  private ImmutableList<PodCondition> ready(long second) {
    if (second != readySecond) {
      ImmutableList.Builder<PodCondition> conditions = ImmutableList.builder();
      for (String type : CONDITIONS) {
        conditions.add(
            new PodCondition(
                type, ConditionStatus.TRUE, Timestamps.NONE, second, null, null, Fields.NONE));
      }
      ready = conditions.build();
      readySecond = second;
    }
    return ready;
  }

  private ImmutableList<ContainerStatus> containers(Pod pod, long second) {
    int template = (int) pod.metadata().ownerReferences().getFirst().uid().low();
    ImmutableList<ContainerStatus> statuses = running[template];
    if (statuses == null || runningSecond[template] != second) {
      Container container = pod.spec().containers().getFirst();
      statuses =
          ImmutableList.of(
              ContainerStatusBuilder.builder()
                  .name(container.name())
                  .image(container.image())
                  .ready(true)
                  .started(true)
                  .state(
                      ContainerStateBuilder.builder()
                          .running(new ContainerStateRunning(second, Fields.NONE))
                          .build())
                  .build());
      running[template] = statuses;
      runningSecond[template] = second;
    }
    return statuses;
  }
}
