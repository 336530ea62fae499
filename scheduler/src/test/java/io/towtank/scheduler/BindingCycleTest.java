package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.WaitingPod;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the chosen node to the binding, with two plugins that do as they are told. */
class BindingCycleTest {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Recorder recorder = new Recorder();
  private final List<String> log = new ArrayList<>();
  // What a plugin answers at a point, such as "First Reserve"; success where nothing is said.
  private final Map<String, Status> answers = new HashMap<>();
  private final Map<String, Long> timeouts = new HashMap<>();
  private Handle handle = Handle.NONE;

  private final class Told
      implements PreEnqueuePlugin, ReservePlugin, PermitPlugin, PreBindPlugin, PluginFactory {
    private final String name;

    Told(String name) {
      this.name = name;
    }

    @Override
    public Plugin create(Arguments arguments, PluginContext context) {
      handle = context.handle();
      return this;
    }

    @Override
    public String name() {
      return name;
    }

    /** Helped by new nodes alone. */
    @Override
    public ImmutableList<ClusterEventWithHint> eventsToRegister() {
      return ImmutableList.of(
          ClusterEventWithHint.of(ClusterEvent.Resource.NODE, ClusterEvent.ADD));
    }

    private Status answer(String point) {
      return answers.getOrDefault(name + " " + point, Status.SUCCESS);
    }

    @Override
    public Status preEnqueue(Pod pod) {
      return answer("PreEnqueue");
    }

    @Override
    public Status reserve(Pod pod, String nodeName) {
      log.add(name + " reserve " + pod.name());
      return answer("Reserve");
    }

    @Override
    public void unreserve(Pod pod, String nodeName) {
      log.add(name + " unreserve " + pod.name());
    }

    @Override
    public Permission permit(Pod pod, String nodeName) {
      Long timeout = timeouts.get(name);
      return timeout == null ? Permission.refused(answer("Permit")) : Permission.waitFor(timeout);
    }

    @Override
    public void preBind(Pod pod, String nodeName, Consumer<Status> done) {
      log.add(name + " preBind " + pod.name());
      done.accept(answer("PreBind"));
    }
  }

  private void start() throws JsonProcessingException {
    PluginCatalog catalog =
        PluginCatalog.INSTALLED.with(new Told("First")).with(new Told("Second"));
    SchedulerConfiguration read =
        SchedulerConfiguration.read(
            new ObjectMapper()
                .readTree(
                    "{\"profiles\": [{\"plugins\": {\"multiPoint\": {\"enabled\": ["
                        + "{\"name\": \"First\"}, {\"name\": \"Second\"}]}}}]}"));
    SchedulerAlone.start(
        simulation,
        store,
        recorder,
        LatencyProfile.INSTANT,
        SchedulerConfigurationBuilder.builder(read).catalog(catalog).ties(Ties.FIRST).build());
    store.create(Fixtures.node("a", "4", "8Gi", "z"));
  }

  private void run(long untilNanos) {
    while (simulation.step(untilNanos)) {}
  }

  private Pod pod() {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", "p"));
  }

  private void createPod() {
    store.create(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
  }

  private void addNode(String name) {
    store.create(Fixtures.node(name, "4", "8Gi", "z"));
  }

  private @Nullable String condition() {
    for (PodCondition condition : pod().status().conditions()) {
      if (condition.type().equals("PodScheduled")) {
        return condition.reason() + ": " + condition.message();
      }
    }
    return null;
  }

  private long attempts() {
    return recorder.counter("scheduler/attempts")[0];
  }

  private static Status status(String code) {
    return new Status(Code.valueOf(code), "", ImmutableList.of("not today"));
  }

  @Test
  void withoutObjectionsThePodIsBound() throws JsonProcessingException {
    start();
    createPod();
    run(SECOND);
    assertThat(pod().nodeName()).isEqualTo("a");
    assertThat(log)
        .containsExactly(
            "First reserve p", "Second reserve p", "First preBind p", "Second preBind p");
  }

  /** What a plugin's objection makes of the pod: its condition, and what it waits for. */
  @ParameterizedTest(name = "{0} says {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "First Reserve  | UNSCHEDULABLE | Unschedulable: 0/1 nodes are available: 1 not today. |"
            + " node",
        "Second Reserve | UNSCHEDULABLE_AND_UNRESOLVABLE | Unschedulable: 0/1 nodes are available:"
            + " 1 not today. | node",
        "First Reserve  | ERROR         | SchedulerError: running Reserve plugin \"First\": not"
            + " today | backoff",
        "First Permit   | UNSCHEDULABLE | Unschedulable: 0/1 nodes are available: 1 not today. |"
            + " node",
        "Second Permit  | ERROR         | SchedulerError: running Permit plugin \"Second\": not"
            + " today | backoff",
        "First PreBind  | UNSCHEDULABLE | Unschedulable: not today                              |"
            + " backoff",
        "Second PreBind | ERROR         | SchedulerError: running PreBind plugin \"Second\": not"
            + " today | backoff",
      })
  void objection(String who, String code, String condition, String waitsFor)
      throws JsonProcessingException {
    start();
    answers.put(who, status(code));
    createPod();
    run(SECOND / 2);
    assertThat(pod().nodeName()).isNull();
    assertThat(condition()).isEqualTo(condition);
    assertThat(attempts()).isEqualTo(1);
    assertThat(recorder.counter("events/default-scheduler/FailedScheduling")[0]).isEqualTo(1);
    assertThat(log.subList(log.size() - 2, log.size()))
        .containsExactly("Second unreserve p", "First unreserve p");
    answers.clear();
    run(20 * SECOND);
    assertThat(attempts()).isEqualTo(waitsFor.equals("backoff") ? 2 : 1);
    addNode("b");
    run(40 * SECOND);
    assertThat(attempts()).isEqualTo(2);
    assertThat(pod().nodeName()).isEqualTo("a");
  }

  @Test
  void aRefusedNominationIsTakenBack() throws JsonProcessingException {
    start();
    answers.put("First Reserve", status("UNSCHEDULABLE"));
    Pod nominated = Fixtures.pod("p", Fixtures.spec("1", "1Gi"));
    store.create(
        PodBuilder.builder(nominated)
            .status(PodStatusBuilder.builder(nominated.status()).nominatedNodeName("a").build())
            .build());
    run(SECOND);
    assertThat(pod().status().nominatedNodeName()).isNull();
  }

  @Test
  void pendingPodsAreTriedWithoutBackoffOnceWhatTheyWaitForHappens()
      throws JsonProcessingException {
    start();
    answers.put("First Reserve", status("PENDING"));
    createPod();
    run(SECOND / 10);
    answers.clear();
    store.create(Fixtures.pod("busy", Fixtures.spec("1", "1Gi")));
    addNode("b");
    run(SECOND / 5);
    assertThat(pod().nodeName()).isEqualTo("a");
  }

  @Test
  void aPodWaitsUntilAllPluginsAllowIt() throws JsonProcessingException {
    timeouts.put("First", 60 * SECOND);
    timeouts.put("Second", 60 * SECOND);
    start();
    createPod();
    run(10 * SECOND);
    assertThat(pod().nodeName()).isNull();
    WaitingPod waiting = Objects.requireNonNull(handle.waitingPod(new ObjectKey("default", "p")));
    assertThat(waiting.pendingPlugins()).containsExactly("First", "Second");
    assertThat(waiting.pod().nodeName()).isEqualTo("a");
    waiting.allow("First");
    run(11 * SECOND);
    assertThat(pod().nodeName()).isNull();
    waiting.allow("Second");
    run(12 * SECOND);
    assertThat(pod().nodeName()).isEqualTo("a");
    assertThat(handle.waitingPods()).isEmpty();
    run(100 * SECOND);
    assertThat(attempts()).isEqualTo(1);
  }

  @Test
  void aWaitingPodKeepsItsPlaceOnTheNode() throws JsonProcessingException {
    timeouts.put("First", 60 * SECOND);
    start();
    store.create(Fixtures.pod("p", Fixtures.spec("4", "1Gi")));
    run(SECOND);
    timeouts.clear();
    store.create(Fixtures.pod("late", Fixtures.spec("1", "1Gi")));
    run(2 * SECOND);
    assertThat(Objects.requireNonNull(store.get(Kinds.POD, "default", "late")).nodeName()).isNull();
    // The room of the pod that is sent back is news to the other.
    Objects.requireNonNull(handle.waitingPod(new ObjectKey("default", "p"))).reject("First", "no");
    run(3 * SECOND);
    assertThat(Objects.requireNonNull(store.get(Kinds.POD, "default", "late")).nodeName())
        .isEqualTo("a");
    assertThat(condition()).isEqualTo("Unschedulable: 0/1 nodes are available: 1 no.");
  }

  /** A rejection, a time-out, and that a plugin cannot have a pod wait for ever. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "90, 91, rejected due to timeout after waiting 1m30s at plugin First",
    "7200, 901, rejected due to timeout after waiting 15m0s at plugin First",
  })
  void timeIsUp(long timeoutSeconds, long atSeconds, String message)
      throws JsonProcessingException {
    timeouts.put("First", timeoutSeconds * SECOND);
    start();
    createPod();
    run((atSeconds - 2) * SECOND);
    assertThat(condition()).isNull();
    run(atSeconds * SECOND);
    assertThat(condition()).isEqualTo("Unschedulable: 0/1 nodes are available: 1 " + message + ".");
    assertThat(log).endsWith("Second unreserve p", "First unreserve p");
    timeouts.clear();
    addNode("b");
    run((atSeconds + 20) * SECOND);
    assertThat(pod().nodeName()).isEqualTo("a");
    assertThat(attempts()).isEqualTo(2);
  }

  /** Else it would wait for another node, though the one that came might do. */
  @Test
  void whatHappenedWhileAPodWaitedCountsWhenItIsRejected() throws JsonProcessingException {
    timeouts.put("First", 5 * SECOND);
    start();
    createPod();
    run(2 * SECOND);
    addNode("b");
    run(3 * SECOND);
    timeouts.clear();
    run(10 * SECOND);
    assertThat(attempts()).isEqualTo(2);
    assertThat(pod().nodeName()).isEqualTo("a");
  }

  @Test
  void aWaitingPodThatIsDeletedGivesEverythingBack() throws JsonProcessingException {
    timeouts.put("First", 60 * SECOND);
    start();
    createPod();
    run(SECOND);
    store.delete(Kinds.POD, "default", "p", DeleteOptions.DEFAULT);
    run(2 * SECOND);
    assertThat(handle.waitingPods()).isEmpty();
    assertThat(log).endsWith("Second unreserve p", "First unreserve p");
    assertThat(recorder.counter("events/default-scheduler/FailedScheduling")[0]).isZero();
  }

  /** It is not bound yet, so there is nothing to delete. */
  @Test
  void aWaitingVictimOfPreemptionIsSentBack() throws JsonProcessingException {
    timeouts.put("First", 600 * SECOND);
    start();
    store.create(Fixtures.pod("p", Fixtures.spec("4", "1Gi")));
    run(SECOND);
    timeouts.clear();
    store.create(
        Fixtures.pod(
            "vip", PodSpecBuilder.builder(Fixtures.spec("4", "1Gi")).priority(1000).build()));
    run(10 * SECOND);
    assertThat(Objects.requireNonNull(store.get(Kinds.POD, "default", "vip")).nodeName())
        .isEqualTo("a");
    assertThat(pod().metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
    assertThat(pod().nodeName()).isNull();
    assertThat(log).contains("First unreserve p").doesNotContain("First preBind p");
    assertThat(recorder.counter("events/default-scheduler/Preempted")[0]).isEqualTo(1);
    assertThat(recorder.counter("scheduler/reasons/preempted")[0]).isEqualTo(1);
  }

  @Test
  void backoffsGrowFromAttemptToAttempt() throws JsonProcessingException {
    start();
    answers.put("First PreBind", status("ERROR"));
    createPod();
    run(SECOND / 2);
    assertThat(attempts()).isEqualTo(1);
    run(SECOND + SECOND / 2);
    assertThat(attempts()).isEqualTo(2);
    run(2 * SECOND + SECOND / 2);
    assertThat(attempts()).as("two seconds after the second").isEqualTo(2);
    run(3 * SECOND + SECOND / 2);
    assertThat(attempts()).isEqualTo(3);
  }

  /** The gate is looked at again when its plugin's events happen, and in vain at others. */
  @Test
  void gatedPodsAreLookedAtAgainWhenWhatMayHelpHappens() throws JsonProcessingException {
    answers.put("First PreEnqueue", status("UNSCHEDULABLE_AND_UNRESOLVABLE"));
    start();
    createPod();
    run(SECOND);
    assertThat(attempts()).isZero();
    addNode("b");
    run(2 * SECOND);
    assertThat(attempts()).as("the gate is still closed").isZero();
    answers.clear();
    store.delete(Kinds.NODE, null, "b", DeleteOptions.DEFAULT);
    run(3 * SECOND);
    assertThat(attempts()).as("not an event that it waits for").isZero();
    addNode("c");
    run(4 * SECOND);
    assertThat(attempts()).isEqualTo(1);
    assertThat(pod().nodeName()).isEqualTo("a");
  }

  @Test
  void pluginsCanHavePodsTriedAgain() throws JsonProcessingException {
    start();
    answers.put("First Reserve", status("UNSCHEDULABLE"));
    createPod();
    run(SECOND);
    answers.clear();
    handle.activate(new ObjectKey("default", "p"));
    run(2 * SECOND);
    assertThat(pod().nodeName()).isEqualTo("a");
  }
}
