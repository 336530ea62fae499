package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Fields;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
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
import org.junit.jupiter.api.Test;

/** The queue told what happens, and asked what is next. */
class SchedulingQueueTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ClusterEvent NODE_ADDED =
      new ClusterEvent(ClusterEvent.Resource.NODE, ClusterEvent.ADD);

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

  @Test
  void whoComesBackQueuesBehindThoseThatHaveWaitedLonger() {
    QueuedPod first = popped(Fixtures.pod("first", small()));
    now = SECOND;
    queue.add(Fixtures.pod("second", small()));
    now = 2 * SECOND;
    queue.failed(first, ImmutableSet.of("NodeName"), ImmutableSet.of());
    queue.activate(first.key);
    assertThat(Objects.requireNonNull(queue.pop()).key.name()).isEqualTo("second");
    assertThat(queue.pop()).isSameAs(first);
  }

  /** What happens while no pod of a kind was turned down is no concern of one that is later. */
  @Test
  void eventsBeforeTheAttemptDoNotCount() {
    queue.moved(NODE_ADDED, null, Fixtures.node("n", "4", "8Gi", "z"));
    QueuedPod queued = rejected(Fixtures.pod("p", small()), "NodeName");
    assertThat(queued.place).isEqualTo(QueuedPod.Place.UNSCHEDULABLE);
  }

  @Test
  void podsThatNobodyInParticularTurnedDownAreTriedAtAnyEvent() {
    QueuedPod queued = rejected(Fixtures.pod("p", small()));
    queue.moved(new ClusterEvent(ClusterEvent.Resource.CSI_NODE, ClusterEvent.DELETE), null, null);
    assertThat(queued.place).isNotEqualTo(QueuedPod.Place.UNSCHEDULABLE);
  }

  @Test
  void pluginsThatSayNotWhatHelpsThemAreHelpedByAnything() {
    QueuedPod queued = rejected(Fixtures.pod("p", small()), "Unheard");
    queue.moved(NODE_ADDED, null, Fixtures.node("n", "4", "8Gi", "z"));
    assertThat(queued.place).isNotEqualTo(QueuedPod.Place.UNSCHEDULABLE);
  }

  @Test
  void pendingPodsSkipTheBackoff() {
    QueuedPod queued = popped(Fixtures.pod("p", small()));
    queue.failed(queued, ImmutableSet.of(), ImmutableSet.of("NodeName"));
    queue.moved(NODE_ADDED, null, Fixtures.node("n", "4", "8Gi", "z"));
    assertThat(queued.place).isEqualTo(QueuedPod.Place.ACTIVE);
  }

  @Test
  void gatedPodsWaitForTheirGatesToGo() {
    Pod gated =
        Fixtures.pod(
            "p",
            PodSpecBuilder.builder(small())
                .schedulingGates(ImmutableList.of(new PodSchedulingGate("g", Fields.NONE)))
                .build());
    queue.add(gated);
    QueuedPod queued = Objects.requireNonNull(queue.get(ObjectKey.of(gated)));
    queue.moved(NODE_ADDED, null, Fixtures.node("n", "4", "8Gi", "z"));
    queue.activate(queued.key);
    assertThat(queued.place).isEqualTo(QueuedPod.Place.GATED);
    assertThat(queue.unschedulable()).isZero();
    now = 400 * SECOND;
    queue.flushUnschedulable();
    assertThat(queued.place).as("after five minutes, too").isEqualTo(QueuedPod.Place.GATED);
    queue.update(gated, Fixtures.pod("p", small()));
    assertThat(queue.pop()).isSameAs(queued);
    queue.failedWithError(queued);
    assertThat(queued.backoffUntilNanos - now).as("its first failure").isEqualTo(SECOND);
  }

  /** It is told at once, since it is not in the queue. */
  @Test
  void whatAPodMissedWhileItWaitedOnANodeIsMadeUpFor() {
    QueuedPod helped = popped(Fixtures.pod("helped", small()));
    queue.assumed(helped);
    queue.waits(helped);
    queue.moved(NODE_ADDED, null, Fixtures.node("n", "4", "8Gi", "z"));
    QueuedPod late = popped(Fixtures.pod("late", small()));
    queue.assumed(late);
    queue.waits(late);
    queue.back(helped, helped.pod);
    queue.failed(helped, ImmutableSet.of("NodeName"), ImmutableSet.of());
    queue.back(late, late.pod);
    queue.failed(late, ImmutableSet.of("NodeName"), ImmutableSet.of());
    assertThat(helped.place).isEqualTo(QueuedPod.Place.BACKOFF);
    assertThat(late.place).isEqualTo(QueuedPod.Place.UNSCHEDULABLE);
  }
}
