package io.towtank.node;

import static io.towtank.node.TestCluster.SECOND;
import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateWaiting;
import io.towtank.api.Event;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.ProbeBuilder;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hooks that take their time and fail. As in PodLifeTest a container runs after 16 s (sandbox 2,
 * image 11, start 3) and takes 5 s to stop.
 */
class LifecycleHooksTest {
  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private static Container hooked(String hook, JsonNode handler) {
    return ContainerBuilder.builder(container("app", "nginx"))
        .rest(
            Fields.NONE.with("lifecycle", JsonNodeFactory.instance.objectNode().set(hook, handler)))
        .build();
  }

  private static JsonNode handler(String kind) {
    var handler = JsonNodeFactory.instance.objectNode();
    switch (kind) {
      case "exec" -> handler.putObject(kind).putArray("command").add("sh").add("-c").add("false");
      case "httpGet" -> handler.putObject(kind).put("path", "/hook").put("port", 80);
      case "sleep" -> handler.putObject(kind).put("seconds", 4);
      default -> handler.putObject(kind).put("port", 80);
    }
    return handler;
  }

  private void run(Container app, String restartPolicy, ImmutableMap<String, String> said) {
    cluster.recorder.storeEvents(
        cluster.simulation,
        name ->
            new ApiClient(
                name, cluster.simulation, cluster.store, Distribution.ZERO, ClientLimits.NONE));
    cluster.nodes(1);
    PodSpec spec = PodSpecBuilder.builder(spec(app)).restartPolicy(restartPolicy).build();
    cluster.run("web", "node-00000", spec, said);
  }

  private List<String> events() {
    List<String> events = new ArrayList<>();
    for (Event event : cluster.store.list(Kinds.EVENT)) {
      events.add(event.type() + " " + event.reason() + ": " + event.message());
    }
    return events;
  }

  private ContainerState state() {
    return requireNonNull(cluster.pod("web").status().containerStatuses().getFirst().state());
  }

  /** Killed after its hook's 4 s and its own 5 s to stop, at 25 s; started again, at 28 + 4 s. */
  @Test
  void aContainerWhosePostStartHookFailsIsKilledAndStartedAgain() {
    run(
        hooked("postStart", handler("exec")),
        "Always",
        ImmutableMap.of(
            "towtank.io/post-start-for", "4s", "towtank.io/post-start-exit-code", "3,0"));
    cluster.until(60);
    assertThat(cluster.log)
        .containsExactly(
            "0.000 web Pending app:ContainerCreating [IP]",
            "25.000 web Running app:PostStartHookError [SIP]",
            "32.000 web Running app:running!*1 [SIRCP]");
    assertThat(events())
        .contains(
            "Warning FailedPostStartHook: PostStartHook failed",
            "Normal Killing: FailedPostStartHook");
  }

  @Test
  void theWaitingContainerSaysWhatFailed() {
    run(
        hooked("postStart", handler("exec")),
        "Always",
        ImmutableMap.of("towtank.io/post-start-exit-code", "3"));
    cluster.until(22);
    ContainerStateWaiting waiting = requireNonNull(state().waiting());
    assertThat(waiting.message())
        .startsWith("Exec lifecycle hook ([sh -c false]) for Container \"app\" in Pod \"web_")
        .endsWith("failed - error: command 'sh -c false' exited with 3: , message: \"\"");
    cluster.until(60);
    waiting = requireNonNull(state().waiting());
    assertThat(waiting.reason()).isEqualTo("CrashLoopBackOff");
  }

  @Test
  void withoutRestartsThePodHasEnded() {
    run(
        hooked("postStart", handler("httpGet")),
        "Never",
        ImmutableMap.of("towtank.io/post-start-failure-rate", "1"));
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo("21.000 web Succeeded app:Completed(0) [IP]");
  }

  /** A pod that is deleted while its hook runs stops as any other: it runs, told or not. */
  @Test
  void aPodCanBeDeletedWhileItsHookRuns() {
    run(
        hooked("postStart", handler("exec")),
        "Always",
        ImmutableMap.of("towtank.io/post-start-for", "1h"));
    cluster.until(100);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsExactly(
            "0.000 web Pending app:ContainerCreating [IP]",
            "105.000 web Succeeded app:Completed(0) [IP]",
            "105.000 web deleted");
  }

  @Test
  void probesCountFromTheProcessAndNotFromItsHook() {
    Container app =
        ContainerBuilder.builder(hooked("postStart", handler("sleep")))
            .readinessProbe(ProbeBuilder.builder().initialDelaySeconds(4).periodSeconds(60).build())
            .build();
    run(app, "Always", ImmutableMap.of());
    cluster.until(60);
    assertThat(cluster.log.getLast()).startsWith("20.000 web Running app:running! [SIRCP]");
    assertThat(requireNonNull(state().running()).startedAt())
        .isEqualTo(TestCluster.START + 16 * SECOND);
  }

  @ParameterizedTest(name = "{0} for {1}, exit {2}, grace {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # hook      | takes | exit | grace | stopped | ends      | fails
          exec        | 4s    | 0    | 30    | 109     | Succeeded | false
          exec        | 4s    | 1    | 30    | 109     | Succeeded | true
          httpGet     | 4s    | 1    | 30    | 109     | Succeeded | true
          # Two seconds are left for the process where the hook takes all of the time.
          exec        | 1h    | 0    | 10    | 112     | Failed    | true
          exec        | 8s    | 0    | 10    | 110     | Failed    | false
          exec        | 8s    | 0    | 13    | 113     | Succeeded | false
          sleep       | 1h    | 1    | 30    | 109     | Succeeded | false
          # Nobody runs it: told, and gone on at once.
          tcpSocket   | 4s    | 0    | 30    | 105     | Succeeded | true
          """)
  void preStopHooksTakeOfTheGracePeriod(
      String kind, String takes, String exit, long grace, int stopped, String ends, boolean fails) {
    run(
        hooked("preStop", handler(kind)),
        "Always",
        ImmutableMap.of("towtank.io/pre-stop-for", takes, "towtank.io/pre-stop-exit-code", exit));
    cluster.until(100);
    cluster.store.delete(
        Kinds.POD,
        "default",
        "web",
        new DeleteOptions(grace, DeleteOptions.Propagation.BACKGROUND, null));
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo(stopped + ".000 web deleted");
    assertThat(cluster.log.get(cluster.log.size() - 2)).contains("web " + ends);
    assertThat(events().contains("Warning FailedPreStopHook: PreStopHook failed")).isEqualTo(fails);
  }

  /** One stops in 5 s, the other would take 20 s longer; after 10 s there are 5 s left. */
  @Test
  void whoHasStoppedBeforeTheGracePeriodIsShortenedWasNotKilled() {
    JsonNode longSleep = handler("sleep");
    ((ObjectNode) longSleep.path("sleep")).put("seconds", 20);
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("fast", "fast"), hooked("preStop", longSleep)));
    cluster.until(100);
    cluster.delete("web");
    cluster.until(110);
    cluster.store.delete(
        Kinds.POD,
        "default",
        "web",
        new DeleteOptions(5L, DeleteOptions.Propagation.BACKGROUND, null));
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo("115.000 web deleted");
    assertThat(cluster.log.get(cluster.log.size() - 2))
        .contains("fast:Completed(0)")
        .contains("app:Error(137)");
  }

  /** A sidecar's hook does not wait for its turn; only its signal does (terminationOrdering). */
  @Test
  void aSidecarsHookRunsWhileTheOthersStop() {
    Container sidecar =
        ContainerBuilder.builder(hooked("preStop", handler("sleep")))
            .name("proxy")
            .restartPolicy("Always")
            .build();
    cluster.nodes(1);
    cluster.run(
        "web",
        "node-00000",
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .initContainers(ImmutableList.of(sidecar))
            .build());
    cluster.until(100);
    cluster.delete("web");
    cluster.untilIdle();
    // The app stops at 105 s, when the hook is through since 104 s; the sidecar then takes 5 s.
    assertThat(cluster.log.getLast()).isEqualTo("110.000 web deleted");
  }
}
