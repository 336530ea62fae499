package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTermBuilder;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.TolerationBuilder;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.ProfileFactory;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queue told what happens, and asked what is next. */
class SchedulingQueueTest {
  private static final long SECOND = 1_000_000_000L;

  private final ClusterState state = new ClusterState();
  private long now;
  private final SchedulingQueue queue = queue();

  private SchedulingQueue queue() {
    Simulation simulation = new Simulation(1, 0);
    SchedulerConfiguration configuration = SchedulerConfiguration.defaults();
    var profiles =
        ProfileFactory.create(
            configuration,
            new PluginContext(
                state,
                new ApiClient(
                    "test",
                    simulation,
                    new ApiStore(simulation, ImmutableList.of()),
                    Distribution.ZERO,
                    ClientLimits.NONE),
                new PodNominator(),
                new WorkloadSelectors(state),
                ImmutableList::of,
                ImmutableList.of(),
                ImmutableSet.of(),
                new SimulationTimers(simulation),
                () -> now,
                null,
                Handle.NONE));
    return new SchedulingQueue(configuration, profiles, () -> now, state::info);
  }

  private static PodSpec small() {
    return Fixtures.spec("1", "1Gi");
  }

  private QueuedPod popped(Pod pod) {
    queue.add(pod);
    return Objects.requireNonNull(queue.pop());
  }

  private QueuedPod rejected(Pod pod, String... plugins) {
    QueuedPod queued = popped(pod);
    queue.failed(queued, ImmutableSet.copyOf(plugins), ImmutableSet.of());
    return queued;
  }

  @Test
  void priorityThenAge() {
    queue.add(Fixtures.pod("old", small()));
    now = SECOND;
    queue.add(Fixtures.pod("young", small()));
    queue.add(Fixtures.pod("important", PodSpecBuilder.builder(small()).priority(5).build()));
    assertThat(Objects.requireNonNull(queue.pop()).key.name()).isEqualTo("important");
    assertThat(Objects.requireNonNull(queue.pop()).key.name()).isEqualTo("old");
    assertThat(Objects.requireNonNull(queue.pop()).key.name()).isEqualTo("young");
    assertThat(queue.pop()).isNull();
  }

  @Test
  void backoffDoublesToTenSeconds() {
    QueuedPod queued = popped(Fixtures.pod("p", small()));
    long[] expected = {1, 2, 4, 8, 10, 10};
    for (long seconds : expected) {
      queue.failedWithError(queued);
      assertThat(queued.backoffUntilNanos - now).isEqualTo(seconds * SECOND);
      assertThat(queue.pop()).as("errors wait for their backoff").isNull();
      now = queued.backoffUntilNanos;
      queue.flushBackoff();
      assertThat(queue.pop()).isSameAs(queued);
    }
  }

  @Test
  void idleSchedulerDoesNotWaitForTheBackoffOfUnschedulablePods() {
    QueuedPod queued = rejected(Fixtures.pod("p", small()), "NodeName");
    queue.moved(
        new ClusterEvent(ClusterEvent.Resource.NODE, ClusterEvent.ADD),
        null,
        Fixtures.node("n", "4", "8Gi", "z"));
    assertThat(queued.place).isEqualTo(QueuedPod.Place.BACKOFF);
    assertThat(queue.pop()).isSameAs(queued);
  }

  @Test
  void afterFiveMinutesPodsAreTriedAnyway() {
    QueuedPod queued = rejected(Fixtures.pod("p", small()), "NodeName");
    now = 300 * SECOND;
    queue.flushUnschedulable();
    assertThat(queued.place).isEqualTo(QueuedPod.Place.UNSCHEDULABLE);
    now = 301 * SECOND;
    queue.flushUnschedulable();
    assertThat(queued.place).isEqualTo(QueuedPod.Place.ACTIVE);
  }

  @Test
  void removedPodsAreGoneFromWhereverTheyWait() {
    rejected(Fixtures.pod("a", small()), "NodeName");
    queue.add(Fixtures.pod("b", small()));
    queue.remove(new ObjectKey("default", "a"));
    queue.remove(new ObjectKey("default", "b"));
    assertThat(queue.size()).isZero();
    assertThat(queue.unschedulable()).isZero();
    assertThat(queue.pop()).isNull();
  }

  @Test
  void activationSkipsTheBackoff() {
    QueuedPod queued = rejected(Fixtures.pod("p", small()), "NodeName");
    queue.activate(queued.key);
    assertThat(queued.place).isEqualTo(QueuedPod.Place.ACTIVE);
  }

  /** Each kind of event, for the plugin that turned the pod down: does it wake the pod? */
  @ParameterizedTest(name = "{0}: {1} wakes: {2}")
  @CsvSource({
    "NodeResourcesFit, node large, true",
    "NodeResourcesFit, node small, false",
    "NodeResourcesFit, node grows, true",
    "NodeResourcesFit, node relabelled, false",
    "NodeResourcesFit, pod gone, true",
    "NodeResourcesFit, pod came, false",
    "NodeResourcesFit, volume, false",
    "TaintToleration, node large, true",
    "TaintToleration, node tainted, false",
    "TaintToleration, node untainted, true",
    "TaintToleration, pod gone, false",
    "NodeUnschedulable, node cordoned, false",
    "NodeUnschedulable, node uncordoned, true",
    "NodeUnschedulable, pod gone, false",
    "NodeAffinity, node large, false",
    "NodeAffinity, node of zone wanted, true",
    "NodeAffinity, node moved to zone wanted, true",
    "NodeAffinity, pod gone, false",
    "NodeName, node large, true",
    "NodeName, pod gone, false",
    "NodePorts, pod with port gone, true",
    "NodePorts, pod gone, false",
    "NodePorts, node large, true",
    "PodTopologySpread, pod came, true",
    "PodTopologySpread, pod gone, true",
    "PodTopologySpread, node large, true",
    "PodTopologySpread, volume, false",
    "InterPodAffinity, friend came, true",
    "InterPodAffinity, pod came, false",
    "InterPodAffinity, enemy gone, true",
    "InterPodAffinity, pod gone, false",
    "InterPodAffinity, node large, true",
    "VolumeBinding, volume, true",
    "VolumeBinding, pod gone, false",
    "VolumeZone, volume, true",
    "VolumeRestrictions, claim, true",
    "VolumeRestrictions, volume, false",
    "NodeVolumeLimits, claim, true",
    "NodeVolumeLimits, pod gone, false",
    "SchedulingGates, node large, false",
    "NodeResourcesFit, node untainted, false",
    "NodeName, pod came, false",
    "NodeName, node grows, false",
    "NodePorts, node grows, false",
    "TaintToleration, node grows, false",
    "NodeUnschedulable, node grows, false",
    "VolumeBinding, storage class, true",
    "VolumeBinding, driver, true",
    "VolumeBinding, node grows, false",
    "VolumeZone, storage class, true",
    "VolumeZone, driver, false",
    "VolumeRestrictions, storage class, false",
    "NodeVolumeLimits, driver, true",
    "NodeVolumeLimits, storage class, false",
    "PodTopologySpread, driver, false",
    "InterPodAffinity, claim, false",
    "SchedulingGates, pod gone, false",
  })
  void wakes(String plugin, String event, boolean wakes) {
    QueuedPod queued = rejected(choosy(), plugin);
    happen(event);
    assertThat(queued.place != QueuedPod.Place.UNSCHEDULABLE).isEqualTo(wakes);
  }

  /** A change of the waiting pod itself. */
  @ParameterizedTest(name = "{0}: own {1} wakes: {2}")
  @CsvSource({
    "TaintToleration, tolerations, true",
    "NodeUnschedulable, tolerations, true",
    "NodeResourcesFit, requests, true",
    "NodeResourcesFit, tolerations, false",
    "TaintToleration, requests, false",
    "NodeName, tolerations, false",
  })
  void ownChangesWake(String plugin, String change, boolean wakes) {
    QueuedPod queued = rejected(Fixtures.pod("p", small()), plugin);
    PodSpec changed =
        change.equals("requests")
            ? Fixtures.spec("500m", "1Gi")
            : PodSpecBuilder.builder(small())
                .tolerations(
                    ImmutableList.of(TolerationBuilder.builder().operator("Exists").build()))
                .build();
    queue.update(queued.pod, Fixtures.pod("p", changed));
    assertThat(queued.place != QueuedPod.Place.UNSCHEDULABLE).isEqualTo(wakes);
  }

  private static PodAffinityTermBuilder term(String app) {
    return PodAffinityTermBuilder.builder()
        .topologyKey("kubernetes.io/hostname")
        .labelSelector(
            LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", app)).build());
  }

  /** Wants zone "wanted", host port 80, friends, and no enemies. */
  private static Pod choosy() {
    PodSpec spec = small();
    return Fixtures.pod(
        "choosy",
        PodSpecBuilder.builder(spec)
            .nodeSelector(ImmutableMap.of("topology.kubernetes.io/zone", "wanted"))
            .containers(
                ImmutableList.of(
                    ContainerBuilder.builder(spec.containers().getFirst())
                        .ports(
                            ImmutableList.of(
                                ContainerPortBuilder.builder()
                                    .containerPort(80)
                                    .hostPort(80)
                                    .build()))
                        .build()))
            .affinity(
                AffinityBuilder.builder()
                    .podAffinity(
                        PodAffinityBuilder.builder()
                            .requiredDuringSchedulingIgnoredDuringExecution(
                                ImmutableList.of(term("friend").build()))
                            .build())
                    .podAntiAffinity(
                        PodAntiAffinityBuilder.builder()
                            .requiredDuringSchedulingIgnoredDuringExecution(
                                ImmutableList.of(term("enemy").build()))
                            .build())
                    .build())
            .build());
  }

  private void happen(String event) {
    Node node = Fixtures.node("n", "4", "8Gi", "z");
    Node small = Fixtures.node("n", "500m", "8Gi", "z");
    Node wanted = Fixtures.node("n", "4", "8Gi", "wanted");
    Node tainted = with(node, true, false);
    Node cordoned = with(node, false, true);
    Pod other = running("other", "other", false);
    switch (event) {
      case "node large" -> node(null, node);
      case "node small" -> node(null, small);
      case "node grows" -> node(small, node);
      case "node relabelled" -> node(wanted, node);
      case "node tainted" -> node(null, tainted);
      case "node untainted" -> node(tainted, node);
      case "node cordoned" -> node(node, cordoned);
      case "node uncordoned" -> node(cordoned, node);
      case "node of zone wanted" -> node(null, wanted);
      case "node moved to zone wanted" -> node(node, wanted);
      case "pod gone" -> pod(other, null);
      case "pod came" -> pod(null, other);
      case "friend came" -> pod(null, running("friend", "friend", false));
      case "enemy gone" -> pod(running("enemy", "enemy", false), null);
      case "pod with port gone" -> pod(running("p", "other", true), null);
      case "volume" ->
          queue.moved(
              new ClusterEvent(ClusterEvent.Resource.PERSISTENT_VOLUME, ClusterEvent.ADD),
              null,
              null);
      case "claim" ->
          queue.moved(
              new ClusterEvent(ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM, ClusterEvent.ADD),
              null,
              null);
      case "storage class" ->
          queue.moved(
              new ClusterEvent(ClusterEvent.Resource.STORAGE_CLASS, ClusterEvent.ADD), null, null);
      case "driver" ->
          queue.moved(
              new ClusterEvent(ClusterEvent.Resource.CSI_NODE, ClusterEvent.ADD), null, null);
      default -> throw new IllegalArgumentException(event);
    }
  }

  private void node(@Nullable Node previous, Node current) {
    int actions = previous == null ? ClusterEvent.ADD : NodeChanges.between(previous, current);
    queue.moved(new ClusterEvent(ClusterEvent.Resource.NODE, actions), previous, current);
  }

  private void pod(@Nullable KubeObject previous, @Nullable KubeObject current) {
    queue.moved(
        new ClusterEvent(
            ClusterEvent.Resource.ASSIGNED_POD,
            previous == null ? ClusterEvent.ADD : ClusterEvent.DELETE),
        previous,
        current);
  }

  private static Node with(Node node, boolean tainted, boolean cordoned) {
    return NodeBuilder.builder(node)
        .spec(
            NodeSpecBuilder.builder()
                .unschedulable(cordoned)
                .taints(
                    tainted
                        ? ImmutableList.of(
                            new Taint("k", "v", "NoSchedule", Timestamps.NONE, Fields.NONE))
                        : ImmutableList.of())
                .build())
        .build();
  }

  private static Pod running(String name, String app, boolean withPort) {
    PodSpec spec = withPort ? choosy().spec() : small();
    return PodBuilder.builder(Fixtures.pod(name, spec, ImmutableMap.of("app", app)))
        .nodeName("n")
        .build();
  }
}
