package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.controllers.TestCluster;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnnotationsTest {
  private static Deployment deployment(ImmutableMap<String, String> annotations) {
    Deployment plain = (Deployment) TestCluster.read(TestCluster.deployment("d", 1, "app:1", ""));
    return plain.withMetadata(
        ObjectMetaBuilder.builder(plain.metadata()).annotations(annotations).build());
  }

  private static ImmutableMap<String, String> newest(
      ImmutableMap<String, String> now, long revision) {
    return Annotations.ofNewest(deployment(ImmutableMap.of()), now, revision);
  }

  @Test
  void aNewSetTakesTheDeploymentsAnnotationsButNotItsBookkeeping() {
    Deployment deployment =
        deployment(
            ImmutableMap.of(
                "team",
                "a",
                "kubectl.kubernetes.io/last-applied-configuration",
                "{}",
                Annotations.REVISION,
                "7",
                "kubernetes.io/change-cause",
                "set image"));
    assertThat(Annotations.ofNewest(deployment, ImmutableMap.of(), 3))
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.of(
                "team", "a", "kubernetes.io/change-cause", "set image", Annotations.REVISION, "3"));
  }

  @Test
  void whatStaysTheSameIsTheSameInstance() {
    ImmutableMap<String, String> now = ImmutableMap.of("a", "b", Annotations.REVISION, "3");
    assertThat(newest(now, 3)).isSameAs(now);
    assertThat(newest(now, 2)).isSameAs(now);
  }

  @Test
  void aSetThatComesBackRemembersItsRevisions() {
    ImmutableMap<String, String> second = newest(ImmutableMap.of(Annotations.REVISION, "1"), 3);
    assertThat(second)
        .containsEntry(Annotations.REVISION, "3")
        .containsEntry(Annotations.REVISION_HISTORY, "1");
    assertThat(newest(second, 9))
        .containsEntry(Annotations.REVISION, "9")
        .containsEntry(Annotations.REVISION_HISTORY, "1,3");
  }

  @Test
  void historyForgetsTheOldestBeyond2000Characters() {
    String full =
        IntStream.range(1000, 1400).mapToObj(Integer::toString).collect(Collectors.joining(","));
    assertThat(full).hasSize(1999);
    String history =
        newest(
                ImmutableMap.of(Annotations.REVISION, "1400", Annotations.REVISION_HISTORY, full),
                1401)
            .get(Annotations.REVISION_HISTORY);
    assertThat(history).startsWith("1001,1002,").endsWith(",1399,1400").hasSize(1999);
  }

  @Test
  void aRevisionThatIsNoNumberIsLeftAlone() {
    ImmutableMap<String, String> now = ImmutableMap.of(Annotations.REVISION, "seven");
    assertThat(newest(now, 3)).isSameAs(now);
  }

  @Test
  void rollingBackReturnsWhatTheSetTook() {
    assertThat(
            Annotations.rolledBack(
                ImmutableMap.of("team", "b", "only", "here", Annotations.REVISION, "5"),
                ImmutableMap.of(
                    "team", "a", Annotations.REVISION, "2", Annotations.MAX_REPLICAS, "4")))
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.of("team", "a", Annotations.REVISION, "5"));
  }
}
