package io.towtank.scheduler.plugins.defaultbinder;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultBinderTest {
  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final DefaultBinder binder =
      new DefaultBinder(
          new ApiClient("test", simulation, store, Distribution.ZERO, ClientLimits.NONE));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                | pod                                    | code    | part of the message      | node then
          a pod that waits      | name: p                                | Success | ''                       | one
          a bound pod           | name: p, node: other                   | Error   | is already assigned to   | other
          """)
  void binds(String why, String words, String code, String message, String node) {
    Pod pod = store.create(PluginCluster.pod(words));
    List<Status> answers = new ArrayList<>();
    binder.bind(pod, "one", answers::add);
    simulation.run();
    assertThat(answers).as(why).hasSize(1);
    assertThat(answers.getFirst().code()).hasToString(code);
    assertThat(answers.getFirst().message()).contains(message);
    assertThat(store.list(Kinds.POD).getFirst().nodeName()).isEqualTo(node);
  }

  @ParameterizedTest
  @CsvSource("NotFound")
  void aPodThatIsGoneIsAnError(String reason) {
    List<Status> answers = new ArrayList<>();
    binder.bind(PluginCluster.pod("name: gone"), "one", answers::add);
    simulation.run();
    assertThat(answers).extracting(status -> status.code().toString()).containsExactly("Error");
    assertThat(answers.getFirst().message()).contains(reason);
  }
}
