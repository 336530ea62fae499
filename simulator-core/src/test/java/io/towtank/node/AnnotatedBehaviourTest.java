package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Timestamps;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What annotations say of containers, and of their hooks. */
class AnnotatedBehaviourTest {
  private static final long SECOND = 1_000_000_000L;

  private final AnnotatedBehaviour behaviour = new AnnotatedBehaviour();
  private final RandomGenerator random = new Random(1);

  private static Pod pod(Container container, ImmutableMap<String, String> annotations) {
    return PodBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name("p")
                .namespace("default")
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .annotations(annotations)
                .build())
        .spec(spec(container))
        .status(PodStatusBuilder.builder().startTime(Timestamps.NONE).build())
        .build();
  }

  private ContainerRun run(ImmutableMap<String, String> annotations, int attempt) {
    Container container =
        ContainerBuilder.builder(container("app", "app"))
            .resources(
                ResourceRequirementsBuilder.builder()
                    .requests(ImmutableMap.of("memory", Quantity.parse("100Mi")))
                    .build())
            .build();
    return behaviour.run(pod(container, annotations), container, false, attempt, random);
  }

  @Test
  void containersEndAsTheirAnnotationsSay() {
    ImmutableMap<String, String> annotations =
        ImmutableMap.of("towtank.io/run-for", "10s", "towtank.io/exit-code", "3,2,0");
    assertThat(run(annotations, 0).runNanos()).isEqualTo(10 * SECOND);
    assertThat(run(annotations, 0).exitCode()).isEqualTo(3);
    assertThat(run(annotations, 1).exitCode()).isEqualTo(2);
    assertThat(run(annotations, 2).exitCode()).isZero();
    assertThat(run(annotations, 9).exitCode()).isZero();
  }

  @Test
  void aPartOfAllRunsFails() {
    int failed = 0;
    for (int i = 0; i < 1_000; i++) {
      int code =
          run(ImmutableMap.of("towtank.io/failure-rate", "0.3", "towtank.io/exit-code", "7"), 0)
              .exitCode();
      assertThat(code).isIn(0, 7);
      failed += code == 7 ? 1 : 0;
    }
    assertThat(failed).isBetween(250, 350);
    assertThat(run(ImmutableMap.of("towtank.io/failure-rate", "1"), 0).exitCode()).isEqualTo(1);
    assertThat(run(ImmutableMap.of("towtank.io/failure-rate", "0"), 0).exitCode()).isZero();
  }

  @Test
  void memoryIsGivenInBytesOrOfTheRequestAndGrows() {
    ContainerRun run =
        run(
            ImmutableMap.of("towtank.io/memory-use", "80%", "towtank.io/memory-growth", "60Mi/m"),
            0);
    assertThat(run.memory()).isEqualTo(new ResourceUse((100L << 20) / 100 * 80, 1 << 20));
    assertThat(run.memory().exceedsNanos(run.memory().amount() + (10 << 20)))
        .isBetween(10 * SECOND, 10 * SECOND + SECOND / 100);
    assertThat(ResourceUse.NONE.exceedsNanos(0)).isEqualTo(ContainerRun.FOREVER);
  }

  @Test
  void filesAndProcessesAreGivenByNumberAndGrow() {
    ContainerRun run =
        run(ImmutableMap.of("towtank.io/inode-use", "20k", "towtank.io/process-growth", "90/h"), 0);
    assertThat(run.inodes()).isEqualTo(new ResourceUse(20_000, 0));
    assertThat(run.processes()).isEqualTo(new ResourceUse(0, 0.025));
    assertThat(run.memory()).isSameAs(ResourceUse.NONE);

    ImmutableMap<String, String> none =
        ImmutableMap.of("towtank.io/inode-use", "0", "towtank.io/inode-growth", "5/s");
    none.forEach((name, value) -> assertThat(AnnotatedBehaviour.problem(name, value)).isNull());
    assertThat(run(none, 0).inodes()).isEqualTo(new ResourceUse(0, 5));
  }

  @Test
  void initContainersFailAsIsSaid() {
    assertThat(
            behaviour
                .run(
                    pod(
                        container("setup", "nginx"),
                        ImmutableMap.of("towtank.io/init-exit-code", "2,0")),
                    container("setup", "nginx"),
                    true,
                    0,
                    random)
                .exitCode())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "towtank.io/run-for, soon",
    "towtank.io/start-after, -1s",
    "towtank.io/exit-code, 256",
    "towtank.io/exit-code, '1,,0'",
    "towtank.io/failure-rate, 1.5",
    "towtank.io/memory-use, much",
    "towtank.io/memory-use, -80%",
    "towtank.io/inode-use, 80%",
    "towtank.io/process-use, many",
    "towtank.io/process-use, -5",
    "towtank.io/process-growth, 5",
    "towtank.io/memory-growth, 1Mi",
    "towtank.io/memory-growth, 1Mi/d",
    "towtank.io/memory-growth, 5%/s"
  })
  void tellsWhatIsWrong(String annotation, String value) {
    assertThat(AnnotatedBehaviour.problem(annotation, value)).startsWith("\"").contains("\" is n");
  }

  private static Container hooked(String hook, ObjectNode handler) {
    ObjectNode lifecycle = JsonNodeFactory.instance.objectNode();
    lifecycle.set(hook, handler);
    return ContainerBuilder.builder(container("app", "nginx"))
        .rest(Fields.NONE.with("lifecycle", lifecycle))
        .build();
  }

  private static ObjectNode sleep(int seconds) {
    ObjectNode handler = JsonNodeFactory.instance.objectNode();
    handler.putObject("sleep").put("seconds", seconds);
    return handler;
  }

  @Test
  void hooksTakeTheirTime() {
    ObjectNode exec = JsonNodeFactory.instance.objectNode();
    exec.putObject("exec").putArray("command").add("drain");
    Container container = hooked("preStop", exec);
    Pod pod = pod(container, ImmutableMap.of("towtank.io/pre-stop-for", "4s"));
    assertThat(Hook.preStop(behaviour, pod, container, 0, random))
        .isEqualTo(new Hook(4 * SECOND, null, false));
    assertThat(Hook.postStart(behaviour, pod, container, 0, random)).isNull();
    assertThat(Hook.preStop(behaviour, pod, container("app", "nginx"), 0, random)).isNull();
  }

  @Test
  void aPodIsUpWhenItsHookIsThroughAndGoesWhenItsHookIs() {
    // As in PodLifeTest: running after 16 s, and 5 s for a stop.
    TestCluster cluster = TestCluster.of(TestCluster.fixed());
    cluster.nodes(1);
    cluster.run("start", "node-00000", spec(hooked("postStart", sleep(7))));
    cluster.until(60);
    cluster.delete("start");
    cluster.until(100);
    assertThat(cluster.log)
        .containsExactly(
            "0.000 start Pending app:ContainerCreating [IP]",
            "23.000 start Running app:running! [SIRCP]",
            "65.000 start Succeeded app:Completed(0) [IP]",
            "65.000 start deleted");
    cluster.log.clear();
    cluster.run("stop", "node-00000", spec(hooked("preStop", sleep(10))));
    cluster.until(200);
    cluster.delete("stop");
    cluster.untilIdle();
    assertThat(cluster.log.subList(cluster.log.size() - 2, cluster.log.size()))
        .containsExactly("215.000 stop Succeeded app:Completed(0) [IP]", "215.000 stop deleted");
    cluster.log.clear();
    // A hook that takes all of the grace period leaves two seconds for the process.
    cluster.run("slow", "node-00000", spec(hooked("preStop", sleep(100))));
    cluster.until(300);
    cluster.delete("slow");
    cluster.untilIdle();
    assertThat(cluster.log.subList(cluster.log.size() - 2, cluster.log.size()))
        .containsExactly("332.000 slow Failed app:Error(137) [IP]", "332.000 slow deleted");
  }
}
