package io.towtank.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiFaultsTest {
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final ApiFaults faults = new ApiFaults();
  private final List<String> answers = new ArrayList<>();

  private ApiClient client(String name) {
    return new ApiClient(
        name, simulation, store, new Distribution.Constant(10), ClientLimits.NONE, faults);
  }

  private void get(String client) {
    client(client)
        .get(
            Kinds.POD,
            KEY,
            (pod, error) ->
                answers.add(simulation.nanos() + " " + (error == null ? "" : error.reason())));
    simulation.run();
  }

  @Test
  void slownessMultipliesAndAddsAndEnds() {
    Runnable first = faults.slow(RequestChoice.ALL, 3, 0);
    Runnable second = faults.slow(RequestChoice.ALL, 2, 5);
    get("kubelet");
    first.run();
    get("kubelet");
    second.run();
    get("kubelet");
    assertThat(answers).containsExactly("65 NotFound", "90 NotFound", "100 NotFound");
  }

  @Test
  void refusedRequestsDoNothing() {
    Runnable end =
        faults.refuse(RequestChoice.ALL, 1, Reason.INTERNAL_ERROR, simulation.random("f"));
    get("kubelet");
    assertThat(faults.refused()).isEqualTo(1);
    end.run();
    get("kubelet");
    assertThat(answers).containsExactly("10 InternalError", "20 NotFound");
  }

  @Test
  void aShareOfRequestsIsRefused() {
    faults.refuse(RequestChoice.ALL, 0.25, Reason.CONFLICT, simulation.random("f"));
    for (int i = 0; i < 1000; i++) {
      get("kubelet");
    }
    assertThat(faults.refused()).isBetween(200L, 300L);
    assertThat(answers)
        .filteredOn(answer -> answer.endsWith("Conflict"))
        .hasSize((int) faults.refused());
  }

  @ParameterizedTest
  @CsvSource({
    "kubelet,        GET,    true",
    "events/kubelet, GET,    true",
    "kube-scheduler, GET,    false",
    "kubelet,        UPDATE, false",
  })
  void choosesByWhoAsksAndWhatFor(String client, Verb verb, boolean expected) {
    RequestChoice choice =
        new RequestChoice(
            ImmutableSet.of("kubelet"), ImmutableSet.of(Verb.GET), ImmutableSet.of(Kinds.POD));
    assertThat(choice.matches(client, verb, Kinds.POD)).isEqualTo(expected);
    assertThat(choice.matches(client, verb, Kinds.NODE)).isFalse();
    assertThat(RequestChoice.ALL.matches(client, verb, Kinds.NODE)).isTrue();
  }
}
