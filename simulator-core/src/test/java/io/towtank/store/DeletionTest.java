package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceSpec;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.store.DeleteOptions.Propagation;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeletionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1000 * SECOND + 999_999_999;

  /**
   * Pods. {@code own}: the grace period of its spec; {@code asked}: that of the request; {@code
   * marked}: seconds since 1970 at which an earlier request's grace period ends, and its length.
   * Outcome: gone, marked with time and grace period, or as it was.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # node | phase     | own | finalizer | marked  | asked | outcome
            -    | Pending   | 30  | -         | -       | -     | gone
            -    | Pending   | 30  | -         | -       | 60    | gone
            -    | Pending   | 30  | hold      | -       | -     | 1000/0
            n1   | Running   | 30  | -         | -       | -     | 1030/30
            n1   | Running   | -   | -         | -       | -     | 1030/30
            n1   | Running   | 0   | -         | -       | -     | gone
            n1   | Running   | -5  | -         | -       | -     | 1001/1
            n1   | Running   | 30  | -         | -       | 0     | gone
            n1   | Running   | 30  | -         | -       | 5     | 1005/5
            n1   | Running   | 30  | -         | -       | 90    | 1090/90
            n1   | Running   | 30  | -         | -       | -7    | 1001/1
            n1   | Running   | 30  | hold      | -       | 0     | 1000/0
            n1   | Pending   | 30  | -         | -       | -     | 1030/30
            n1   | Succeeded | 30  | -         | -       | -     | gone
            n1   | Failed    | 30  | -         | -       | 10    | gone
            n1   | Failed    | 30  | hold      | -       | 10    | 1000/0
            n1   | Running   | 30  | -         | 1020/30 | -     | as it was
            n1   | Running   | 30  | -         | 1020/30 | 30    | as it was
            n1   | Running   | 30  | -         | 1020/30 | 31    | as it was
            n1   | Running   | 30  | -         | 1020/30 | 10    | 1000/10
            n1   | Running   | 30  | -         | 1020/30 | 0     | gone
            n1   | Running   | 30  | hold      | 1020/30 | 0     | 990/0
            n1   | Running   | 30  | hold      | 990/0   | 0     | as it was
            n1   | Running   | 30  | hold      | 990/0   | -     | as it was
            n1   | Running   | 30  | -         | 990/0   | 0     | gone
          """)
  void deletesPods(
      String node,
      String phase,
      Long own,
      String finalizer,
      String marked,
      Long asked,
      String outcome) {
    Pod pod =
        PodBuilder.builder(TestObjects.pod("p"))
            .nodeName(node)
            .status(TestObjects.status(PodPhase.valueOf(phase.toUpperCase(Locale.ROOT))))
            .spec(
                PodSpecBuilder.builder(TestObjects.POD_SPEC)
                    .terminationGracePeriodSeconds(own)
                    .build())
            .build();
    ObjectMetaBuilder meta = ObjectMetaBuilder.builder(pod.metadata()).generation(3);
    if (finalizer != null) {
      meta.finalizers(ImmutableList.of(finalizer));
    }
    if (marked != null) {
      List<String> parts = Splitter.on('/').splitToList(marked);
      meta.deletionTimestamp(Long.parseLong(parts.get(0)) * SECOND)
          .deletionGracePeriodSeconds(Long.parseLong(parts.get(1)));
    }
    pod = pod.withMetadata(meta.build());
    Deletion result = Deletion.of(pod, new DeleteOptions(asked, Propagation.BACKGROUND, null), NOW);
    assertThat(describe(result)).isEqualTo(outcome);
    if (result instanceof Deletion.Mark mark) {
      assertThat(mark.object().metadata().generation()).isEqualTo(marked == null ? 4 : 3);
    }
    if (result instanceof Deletion.Remove remove) {
      // The last that watchers see says that it was deleted.
      assertThat(remove.last().metadata().deletionGracePeriodSeconds()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # finalizers               | policy     | outcome   | finalizers afterwards
            -                        | BACKGROUND | gone      | -
            -                        | -          | gone      | -
            -                        | FOREGROUND | 1000/0    | foregroundDeletion
            -                        | ORPHAN     | 1000/0    | orphan
            hold                     | BACKGROUND | 1000/0    | hold
            hold                     | FOREGROUND | 1000/0    | hold,foregroundDeletion
            foregroundDeletion       | -          | 1000/0    | foregroundDeletion
            foregroundDeletion       | BACKGROUND | gone      | -
            foregroundDeletion       | ORPHAN     | 1000/0    | orphan
            orphan                   | -          | 1000/0    | orphan
            orphan,hold              | FOREGROUND | 1000/0    | hold,foregroundDeletion
          """)
  void deletesWhatHasNoGracePeriod(
      String finalizers, Propagation policy, String outcome, String afterwards) {
    KubeObject deployment = TestObjects.deployment("d", 1);
    if (finalizers != null) {
      deployment =
          deployment.withMetadata(
              ObjectMetaBuilder.builder(deployment.metadata())
                  .finalizers(ImmutableList.copyOf(Splitter.on(',').split(finalizers)))
                  .build());
    }
    Deletion result = Deletion.of(deployment, new DeleteOptions(null, policy, null), NOW);
    assertThat(describe(result)).isEqualTo(outcome);
    if (result instanceof Deletion.Mark mark) {
      assertThat(String.join(",", mark.object().metadata().finalizers())).isEqualTo(afterwards);
      Deletion again =
          Deletion.of(mark.object(), new DeleteOptions(null, policy, null), NOW + SECOND);
      assertThat(describe(again)).isEqualTo("as it was");
    }
  }

  @Test
  void leavesTheDependentsOfAJobUnlessAskedOtherwise() {
    KubeObject job = StoreRulesTest.job("j");
    assertThat(describe(Deletion.of(job, new DeleteOptions(null, null, null), NOW)))
        .isEqualTo("1000/0");
    assertThat(describe(Deletion.of(job, DeleteOptions.DEFAULT, NOW))).isEqualTo("gone");
  }

  @Test
  void terminatesANamespaceThatHasToBeEmptied() {
    Namespace namespace =
        TestObjects.namespace("shop")
            .withSpec(new NamespaceSpec(ImmutableList.of("kubernetes"), Fields.NONE));
    Deletion result = Deletion.of(namespace, DeleteOptions.DEFAULT, NOW);
    assertThat(describe(result)).isEqualTo("1000/0");
    Namespace marked = (Namespace) ((Deletion.Mark) result).object();
    assertThat(marked.status()).isNotNull();
    assertThat(Objects.requireNonNull(marked.status()).phase()).isEqualTo("Terminating");
    assertThat(Deletion.endsWith(marked, marked.metadata())).isFalse();
    Namespace emptied = marked.withSpec(new NamespaceSpec(ImmutableList.of(), Fields.NONE));
    assertThat(Deletion.endsWith(emptied, marked.metadata())).isTrue();
  }

  private static String describe(Deletion deletion) {
    return switch (deletion) {
      case Deletion.Remove remove -> "gone";
      case Deletion.Pending pending -> "as it was";
      case Deletion.Mark mark -> {
        ObjectMeta meta = mark.object().metadata();
        assertThat(meta.deletionTimestamp()).isNotEqualTo(Timestamps.NONE);
        yield meta.deletionTimestamp() / SECOND + "/" + meta.deletionGracePeriodSeconds();
      }
    };
  }
}
