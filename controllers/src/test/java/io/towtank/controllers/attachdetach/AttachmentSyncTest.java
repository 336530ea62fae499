package io.towtank.controllers.attachdetach;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.api.Pod;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.attachdetach.AttachmentSync.Action;
import io.towtank.controllers.attachdetach.AttachmentSync.Attached;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pod is written {@code namespace/name@node}, an attachment {@code node[-leaving][-mounted]}. */
class AttachmentSyncTest {
  private static List<String> words(@Nullable String text) {
    return Splitter.on(' ').omitEmptyStrings().splitToList(text == null ? "" : text);
  }

  private static Pod pod(String text) {
    List<String> parts = Splitter.onPattern("[/@]").splitToList(text);
    return (Pod)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'Pod',
             'metadata': {'name': '%s', 'namespace': '%s'}, 'spec': {'nodeName': '%s'}}
            """
                .formatted(parts.get(1), parts.get(0), parts.get(2)));
  }

  private static String text(Action action) {
    return switch (action) {
      case Action.Attach(String node) -> "attach " + node;
      case Action.Detach(String node) -> "detach " + node;
      case Action.Wait(String node) -> "wait " + node;
      case Action.Refuse(Pod pod, String message) ->
          "refuse " + pod.name() + ": " + message.substring("Multi-Attach error for ".length());
    };
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nobody needs it               | own    | | |
          a pod needs it                | own    | a/p@n1 | | attach n1
          two pods on one node          | own    | a/p@n1 a/q@n1 | | attach n1
          it is there                   | own    | a/p@n1 | n1 |
          its pod is gone               | own    | | n1 | detach n1
          and it is leaving already     | own    | | n1-leaving |
          but may still be mounted      | own    | | n1-mounted | wait n1
          its pod has moved             | own    | a/p@n2 | n1 | detach n1, refuse p: volume "v" Volume is already exclusively attached to one node and can't be attached to another
          and it is on its way          | own    | a/p@n2 | n1-leaving | refuse p: volume "v" Volume is already exclusively attached to one node and can't be attached to another
          another pod has it            | own    | a/p@n1 a/q@n2 | n1 | refuse q: volume "v" Volume is already used by pod(s) p
          other pods have it            | own    | a/p@n1 a/q@n1 b/r@n1 a/s@n2 | n1 | refuse s: volume "v" Volume is already used by pod(s) p, q and 1 pod(s) in different namespaces
          strangers have it             | own    | b/r@n1 a/s@n2 | n1 | refuse s: volume "v" Volume is already used by 1 pod(s) in different namespaces
          two nodes at the same time    | own    | a/p@n1 a/q@n2 | | attach n1, refuse q: volume "v" Volume is already exclusively attached to one node and can't be attached to another
          it may be on several nodes    | shared | a/p@n1 a/q@n2 a/r@n3 | n1 n4 | detach n4, attach n2, attach n3
          the node is back in time      | own    | a/p@n1 | n1-leaving |
          """)
  void decisions(
      String name,
      String kind,
      @Nullable String pods,
      @Nullable String attached,
      @Nullable String expected) {
    List<Attached> there = new ArrayList<>();
    for (String word : words(attached)) {
      there.add(
          new Attached(
              word.substring(0, 2), word.contains("-leaving"), !word.contains("-mounted")));
    }
    List<String> actions =
        AttachmentSync.decide(
                "v",
                kind.equals("shared"),
                words(pods).stream().map(AttachmentSyncTest::pod).toList(),
                there)
            .stream()
            .map(AttachmentSyncTest::text)
            .toList();
    assertThat(String.join(", ", actions)).as(name).isEqualTo(expected == null ? "" : expected);
  }
}
