package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.client.ApiClient;
import io.towtank.client.ApiFaults;
import io.towtank.client.InformerFactory;
import io.towtank.client.RequestChoice;
import io.towtank.client.Verb;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What happens from the decision to preempt until the preemptor runs, on a node with 3 CPUs whose
 * pods are gone as soon as they are deleted.
 */
class AsyncPreemptionTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final long SECOND = 1000 * MILLISECOND;

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Recorder recorder = new Recorder();
  private final ApiFaults faults = new ApiFaults();

  private void start(long requestNanos, long watchNanos) {
    InformerFactory informers = new InformerFactory(store, watchNanos);
    ApiClient client =
        new ApiClient(
            "kube-scheduler",
            simulation,
            store,
            new Distribution.Constant(requestNanos),
            ClientLimits.NONE,
            faults);
    SchedulerAlone.start(
        simulation,
        client,
        informers,
        recorder,
        LatencyProfile.INSTANT,
        SchedulerConfiguration.defaults().withTies(Ties.FIRST));
    store.create(Fixtures.node("n", "3", "8Gi", "z"));
  }

  private void run(long nanos) {
    long until = simulation.nanos() + nanos;
    while (simulation.step(until)) {}
  }

  private static Pod pod(String name, String cpu, int priority) {
    return Fixtures.pod(
        name,
        PodSpecBuilder.builder(Fixtures.spec(cpu, "1Gi"))
            .priority(priority)
            .terminationGracePeriodSeconds(0L)
            .build());
  }

  private void createBound(String name) {
    store.create(PodBuilder.builder(pod(name, "1", 0)).nodeName("n").build());
  }

  private @Nullable String nodeOf(String name) {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", name)).nodeName();
  }

  private long attempts() {
    return recorder.counter("scheduler/attempts")[0];
  }

  private List<String> pods() {
    List<String> names = new ArrayList<>();
    store.list(Kinds.POD).forEach(pod -> names.add(pod.name()));
    return names;
  }

  private void createFullNodeAndUrgentPod() {
    createBound("a");
    createBound("b");
    createBound("c");
    store.create(pod("urgent", "3", 10));
  }

  @Test
  void preemptorIsNotTriedBeforeAllVictimsWereAskedToGo() {
    start(10 * MILLISECOND, MILLISECOND);
    createFullNodeAndUrgentPod();
    // The first two are marked (10 ms), deleted (20 ms) and seen to be gone (21 ms).
    run(25 * MILLISECOND);
    assertThat(pods()).containsExactlyInAnyOrder("c", "urgent");
    assertThat(attempts()).isEqualTo(1);
    run(SECOND);
    assertThat(nodeOf("urgent")).isEqualTo("n");
    assertThat(attempts()).isEqualTo(2);
  }

  @Test
  void endOfTheLastVictimMayBeKnownBeforeTheAnswer() {
    start(0, 0);
    createFullNodeAndUrgentPod();
    run(SECOND);
    assertThat(nodeOf("urgent")).isEqualTo("n");
    assertThat(attempts()).isEqualTo(2);
  }

  @Test
  void othersAreTriedMeanwhile() {
    start(10 * MILLISECOND, MILLISECOND);
    createFullNodeAndUrgentPod();
    run(5 * MILLISECOND);
    store.create(pod("small", "0", 5));
    run(6 * MILLISECOND + 10 * MILLISECOND);
    assertThat(nodeOf("small")).isEqualTo("n");
    assertThat(nodeOf("urgent")).isNull();
  }

  @Test
  void preemptorIsTriedAgainWhereAVictimCouldNotBeAsked() {
    start(10 * MILLISECOND, MILLISECOND);
    Runnable healed =
        faults.refuse(
            new RequestChoice(ImmutableSet.of(), ImmutableSet.of(Verb.DELETE), ImmutableSet.of()),
            1,
            ApiException.Reason.INTERNAL_ERROR,
            simulation.random("faults"));
    createBound("a");
    createBound("b");
    store.create(pod("urgent", "3", 10));
    run(25 * MILLISECOND);
    assertThat(attempts()).isGreaterThan(1);
    healed.run();
    run(SECOND);
    assertThat(nodeOf("urgent")).isEqualTo("n");
  }

  /** Room that a nomination held is free for the less important once the nomination goes. */
  @Test
  void podsThatANominationKeptOutAreTriedWhenItGoes() {
    start(0, 0);
    Pod gated = pod("nominated", "3", 10);
    Pod created =
        store.create(
            PodBuilder.builder(gated)
                .spec(
                    PodSpecBuilder.builder(gated.spec())
                        .schedulingGates(
                            ImmutableList.of(new PodSchedulingGate("gate", Fields.NONE)))
                        .build())
                .build());
    store.updateStatus(
        created.withStatus(
            PodStatusBuilder.builder(created.status()).nominatedNodeName("n").build()));
    store.create(pod("less", "1", 5));
    run(SECOND);
    assertThat(nodeOf("less")).isNull();
    store.delete(Kinds.POD, "default", "nominated", DeleteOptions.DEFAULT);
    run(SECOND);
    assertThat(nodeOf("less")).isEqualTo("n");
  }
}
