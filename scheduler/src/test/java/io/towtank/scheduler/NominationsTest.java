package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the API says of a pod's nominated node, whoever wrote it, holds (kube-scheduler:
 * nominator.UpdateNominatedPod). Nodes a and b have 4 CPUs; an important pod wants 4 where it finds
 * the label that neither has, so that it waits.
 */
class NominationsTest {
  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private int asked;

  @BeforeEach
  void start() {
    SchedulerAlone.start(
        simulation,
        store,
        new Recorder(),
        LatencyProfile.INSTANT,
        SchedulerConfiguration.defaults().withTies(Ties.FIRST));
    store.create(PluginCluster.node("name: a"));
    store.create(PluginCluster.node("name: b"));
    store.create(
        PluginCluster.pod(
            "name: important, priority: 10, preemptionPolicy: Never, requests: {cpu: 4},"
                + " nodeSelector: {none: such}"));
    run();
  }

  private void run() {
    long until = simulation.nanos() + 20_000_000_000L;
    while (simulation.step(until)) {}
  }

  private Pod important() {
    return Objects.requireNonNull(store.get(Kinds.POD, "default", "important"));
  }

  private void nominate(@Nullable String node) {
    Pod pod = important();
    store.updateStatus(
        pod.withStatus(PodStatusBuilder.builder(pod.status()).nominatedNodeName(node).build()));
    run();
  }

  /** Where a less important pod goes that wants all of a node's CPUs; it leaves again. */
  private String free() {
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < 2; i++) {
      String name = "small-" + asked++;
      store.create(PluginCluster.pod("name: " + name + ", requests: {cpu: 4}"));
      run();
      Pod pod = Objects.requireNonNull(store.get(Kinds.POD, "default", name));
      nodes.append(pod.nodeName() == null ? "-" : pod.nodeName());
    }
    for (int i = 1; i <= 2; i++) {
      store.delete(Kinds.POD, "default", "small-" + (asked - i), DeleteOptions.NOW);
    }
    run();
    return nodes.toString();
  }

  @Test
  void aNominationThatIsAddedChangedAndTakenBackIsFollowed() {
    assertThat(free()).isEqualTo("ab");
    nominate("a");
    assertThat(free()).isEqualTo("b-");
    nominate("b");
    assertThat(free()).isEqualTo("a-");
    nominate(null);
    assertThat(free()).isEqualTo("ab");
  }

  @Test
  void anotherChangeOfThePodLeavesItsNominationAlone() {
    nominate("a");
    Pod pod = important();
    store.update(
        PodBuilder.builder(pod)
            .metadata(
                ObjectMetaBuilder.builder(pod.metadata())
                    .labels(ImmutableMap.of("some", "label"))
                    .build())
            .build());
    run();
    assertThat(free()).isEqualTo("b-");
  }

  @Test
  void aPodThatComesNominatedIs() {
    Pod pod =
        store.create(
            PluginCluster.pod(
                "name: second, priority: 10, preemptionPolicy: Never, requests: {cpu: 4},"
                    + " nodeSelector: {none: such}"));
    store.updateStatus(
        pod.withStatus(PodStatusBuilder.builder(pod.status()).nominatedNodeName("b").build()));
    run();
    assertThat(free()).isEqualTo("a-");
  }
}
