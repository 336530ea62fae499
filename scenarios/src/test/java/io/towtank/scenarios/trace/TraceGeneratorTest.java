package io.towtank.scenarios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceGeneratorTest {
  private static final long DAY_NANOS = 86_400_000_000_000L;

  @TempDir private Path directory;

  private Path generate(String name, long seed, int pods) throws IOException {
    Path target = directory.resolve(name);
    new TraceGenerator(seed, 50, pods, 7).writeTo(target);
    return target;
  }

  @Test
  void whatItMakesCanBeRead() throws IOException {
    Path trace = generate("a", 1, 2000);

    List<Node> nodes = Openb.readNodes(trace.resolve("nodes.csv"));
    List<OpenbPods.Entry> pods = Openb.readPods(trace.resolve("pods.csv.gz")).entries();

    assertThat(nodes).hasSize(50);
    assertThat(pods).hasSize(2000);
    assertThat(pods).allMatch(pod -> pod.arrivesNanos() >= 0 && pod.leavesNanos() <= 7 * DAY_NANOS);
    assertThat(pods.get(0).arrivesNanos()).isLessThan(DAY_NANOS / 4);
    // Five busy days and two that are half as busy: a weekday has 1/6 of the pods.
    long firstDay = pods.stream().filter(pod -> pod.arrivesNanos() < DAY_NANOS).count();
    long lastDay = pods.stream().filter(pod -> pod.arrivesNanos() >= 6 * DAY_NANOS).count();
    assertThat(firstDay).isBetween(250L, 420L);
    assertThat(lastDay).isBetween(110L, 230L);
  }

  @Test
  void theSameSeedMakesTheSameTraceAndMorePodsLeaveTheNodes() throws IOException {
    Path first = generate("a", 1, 100);
    Path again = generate("b", 1, 100);
    Path other = generate("c", 2, 100);
    Path more = generate("d", 1, 200);

    for (String file : new String[] {"nodes.csv", "pods.csv.gz"}) {
      assertThat(first.resolve(file)).hasSameBinaryContentAs(again.resolve(file));
      assertThat(Files.readAllBytes(first.resolve(file)))
          .isNotEqualTo(Files.readAllBytes(other.resolve(file)));
    }
    assertThat(first.resolve("nodes.csv")).hasSameBinaryContentAs(more.resolve("nodes.csv"));
  }
}
