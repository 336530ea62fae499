package io.towtank.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Event;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RecorderTest {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation = new Simulation(1, 1_767_225_600_000_000_000L);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Recorder recorder = new Recorder();
  private final Pod pod = new Samples(1).of(Kinds.POD);

  private void storeEvents(ClientLimits limits) {
    recorder.storeEvents(
        simulation,
        component ->
            new ApiClient(component + "-events", simulation, store, Distribution.ZERO, limits));
  }

  private List<Event> events() {
    // What is due now and what follows from it, but not an hour from now.
    simulation.run(new StopCondition.Idle());
    return store.list(Kinds.EVENT);
  }

  private void tell(String message) {
    recorder.event(pod, "kubelet", "n1", "Warning", "Failed", message);
  }

  @Test
  void countsAlways() {
    tell("a");
    tell("b");
    recorder.event(pod, "default-scheduler", "Normal", "Scheduled", "c");
    assertThat(recorder.counters())
        .containsEntry("events/kubelet/Failed", 2L)
        .containsEntry("events/default-scheduler/Scheduled", 1L);
    assertThat(recorder.counter("events/kubelet/Failed")[0]).isEqualTo(2);
    assertThat(store.count(Kinds.EVENT)).isZero();
  }

  @Test
  void storesAnEventAsKubernetesWouldShowIt() {
    storeEvents(ClientLimits.NONE);
    tell("no such image");
    Event event = events().getFirst();
    assertThat(event.name()).startsWith(pod.name() + ".1886");
    assertThat(event.metadata().namespace()).isEqualTo(pod.metadata().namespace());
    assertThat(event.involvedObject().kind()).isEqualTo("Pod");
    assertThat(event.involvedObject().uid()).isEqualTo(pod.metadata().uid());
    assertThat(Objects.requireNonNull(event.source()).component()).isEqualTo("kubelet");
    assertThat(event.source().host()).isEqualTo("n1");
    assertThat(event.reportingComponent()).isEqualTo("kubelet");
    assertThat(event.type() + " " + event.reason() + " " + event.message() + " " + event.count())
        .isEqualTo("Warning Failed no such image 1");
  }

  @Test
  void theSameAgainCountsUp() {
    storeEvents(ClientLimits.NONE);
    tell("a");
    simulation.run(new StopCondition.Time(10 * SECOND));
    tell("a");
    tell("a");
    tell("b");
    List<Event> events = events();
    assertThat(events).extracting(Event::message).containsExactlyInAnyOrder("a", "b");
    Event again = events.stream().filter(e -> "a".equals(e.message())).toList().getFirst();
    assertThat(again.count()).isEqualTo(3);
    assertThat(again.lastTimestamp() - again.firstTimestamp()).isEqualTo(10 * SECOND);
  }

  @Test
  void theTenthThatIsSimilarAndAllFurtherOnesBecomeOne() {
    storeEvents(ClientLimits.NONE);
    for (int i = 0; i < 14; i++) {
      tell("message " + i);
    }
    List<Event> events = events();
    assertThat(events).hasSize(10);
    Event combined =
        events.stream()
            .filter(event -> String.valueOf(event.message()).startsWith("(combined"))
            .toList()
            .getFirst();
    assertThat(combined.message()).isEqualTo("(combined from similar events): message 13");
    assertThat(combined.count()).isEqualTo(5);
    // After ten quiet minutes they are told one by one again.
    simulation.step(simulation.nanos() + 601 * SECOND);
    tell("message 20");
    assertThat(events()).extracting(Event::message).contains("message 20");
  }

  @Test
  void anObjectMayBeTalkedAbout25TimesAndThenEveryFiveMinutes() {
    storeEvents(ClientLimits.NONE);
    for (int i = 0; i < 40; i++) {
      tell("a");
    }
    assertThat(events().getFirst().count()).isEqualTo(25);
    simulation.step(simulation.nanos() + 301 * SECOND);
    tell("a");
    tell("a");
    // What was dropped has been counted all the same.
    assertThat(events().getFirst().count()).isEqualTo(41);
  }

  @Test
  void whatDoesNotFindRoomInTheQueueIsLost() {
    storeEvents(new ClientLimits(1, 1));
    for (int i = 0; i < 3000; i++) {
      recorder.event(
          new Samples(1000 * i).of(Kinds.NODE), "node-controller", "Normal", "Seen", "seen");
    }
    // One is on its way, a thousand wait.
    assertThat(simulation.run(new StopCondition.Time(3000 * SECOND))).isNotNull();
    assertThat(store.count(Kinds.EVENT)).isEqualTo(1001);
    assertThat(recorder.counters()).containsEntry("events/node-controller/Seen", 3000L);
  }

  @Test
  void anEventGoesAnHourAfterItsLastWrite() {
    storeEvents(ClientLimits.NONE);
    tell("a");
    tell("b");
    simulation.run(new StopCondition.Time(1800 * SECOND));
    tell("a");
    simulation.run(new StopCondition.Time(3601 * SECOND));
    assertThat(store.list(Kinds.EVENT)).extracting(Event::message).containsExactly("a");
    // Once gone it is told anew, with its count.
    simulation.run(new StopCondition.Time(5402 * SECOND));
    assertThat(store.count(Kinds.EVENT)).isZero();
    tell("a");
    assertThat(events().getFirst().count()).isEqualTo(3);
  }
}
