package io.towtank.scheduler.plugins.defaultpreemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nodes a and b have 2 CPUs each. Pods that are there are written NODE/NAME/PRIORITY/CPU/START; a
 * budget keeps those whose name starts with kept, another allows to disrupt one whose name starts
 * with one. The pod to place is urgent, has priority 10 and asks for 2 CPUs.
 */
class DefaultPreemptionTest {
  private static final String BUDGETS =
      """
      {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: kept, namespace: default},
       spec: {selector: {matchLabels: {app: kept}}}, status: {disruptionsAllowed: 0}},
      {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: one, namespace: default},
       spec: {selector: {matchLabels: {app: one}}}, status: {disruptionsAllowed: 1}}
      """;

  private static PluginCluster cluster(String arguments, @Nullable String pods) {
    PluginCluster cluster =
        PluginCluster.of(
                "DefaultPreemption", arguments, "NodeAffinity", "NodePorts", "NodeResourcesFit")
            .nodes("{name: a, allocatable: {cpu: 2}}, {name: b, allocatable: {cpu: 2}}")
            .objects(BUDGETS);
    for (String pod : Splitter.on(' ').omitEmptyStrings().split(pods == null ? "" : pods)) {
      List<String> words = Splitter.on('/').splitToList(pod);
      String name = words.get(1);
      cluster.pods(
          "{node: %s, name: %s, priority: %s, requests: {cpu: %s}, started: %s, labels: {app: %s}}"
              .formatted(
                  words.get(0),
                  name,
                  words.get(2),
                  words.get(3),
                  words.get(4),
                  name.startsWith("kept") ? "kept" : name.startsWith("one") ? "one" : "free"));
    }
    return cluster;
  }

  private static String preemption(Decision decision) {
    Decision.Preemption preemption = decision.preemption();
    return preemption == null
        ? "none"
        : preemption.node()
            + ": "
            + String.join(
                " ",
                preemption.victims().stream()
                    .map(victim -> victim.substring("default/".length()))
                    .sorted()
                    .toList());
  }

  private static Decision urgent(PluginCluster cluster) {
    return cluster.decide("name: urgent, priority: 10, requests: {cpu: 2}");
  }

  /** The six steps in which a node is chosen; each row is undecided by the steps before. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # step                                      | pods                                              | node and victims
          fewest budget violations                    | a/kept/0/2/1 b/x/5/2/1                            | b: x
          least important highest victim              | a/x/5/2/1 b/w/4/2/1                               | b: w
          smallest sum of priorities                  | a/x/5/1/1 a/w/3/1/1 b/z/5/1/1 b/u/2/1/1           | b: u z
          fewest victims, even with a larger number   | a/x/5/1/1 a/w/-5/1/1 b/z/5/2/1                    | b: z
          latest start of the most important          | a/x/5/2/1 b/w/5/2/9                               | b: w
          the earliest of the most important counts   | a/x/5/1/3 a/w/5/1/9 b/z/5/1/4 b/u/5/1/5           | b: u z
          otherwise the first                         | a/x/5/2/1 b/w/5/2/1                               | a: x
          """)
  void chooses(String why, String pods, String expected) {
    assertThat(preemption(urgent(cluster("", pods)))).as(why).isEqualTo(expected);
  }

  /** Who has to leave node a: all less important pods, but those that can stay. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                        | pods on a                            | asked | victims
          pods that may stay do stay                    | a/x/5/1500m/1 a/tiny/1/0/1           | 2     | x
          the more important are put back first         | a/x/5/1/1 a/w/3/1/1                  | 1     | w
          then those that started first                 | a/x/5/1/9 a/w/5/1/1                  | 1     | x
          those that a budget keeps before all          | a/x/5/1/1 a/kept/1/1/9               | 1     | x
          a budget that allows one                      | a/one-1/5/1/1 a/one-2/4/1/1          | 2     | one-1 one-2
          """)
  void victims(String why, String pods, String asked, String victims) {
    PluginCluster cluster = cluster("", pods + " b/full/10/2/1");
    assertThat(
            preemption(
                cluster.decide("name: urgent, priority: 10, requests: {cpu: %s}".formatted(asked))))
        .as(why)
        .isEqualTo("a: " + victims);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                               | pods                        | more of the pod                                     | message
          equally important pods stay          | a/x/10/2/1 b/w/10/2/1       | priority: 10                                        | 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.
          it is not to preempt                 | a/x/5/2/1 b/w/5/2/1         | priority: 10, preemptionPolicy: Never               | 0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.
          it fits no node of that size         | a/x/5/2/1 b/w/5/2/1         | priority: 10, requests: {cpu: 3}                    | 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
          taking the less important is not enough | a/x/5/1/1 a/w/10/1/1 b/z/10/2/1 | priority: 10                                 | 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod.
          no node is of the wanted zone        | a/x/5/2/1 b/w/5/2/1         | priority: 10, nodeSelector: {zone: x}               | 0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
          """)
  void noWayOut(String why, String pods, String pod, String message) {
    Decision decision =
        cluster("", pods)
            .decide(
                "name: urgent, " + (pod.contains("requests") ? "" : "requests: {cpu: 2}, ") + pod);
    assertThat(preemption(decision)).as(why).isEqualTo("none");
    assertThat(decision.message()).as(why).isEqualTo(message);
  }

  /** The pod preempted before and waits for x to leave node a. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                           | the pod that leaves                                                                                          | result
          its victim leaves: it waits      | deleted: true, conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler}]         | 0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node.
          it leaves for another reason     | deleted: true, conditions: [{type: DisruptionTarget, status: 'True', reason: EvictionByEvictionAPI}]         | a: x
          it leaves no more                | conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler}]                        | a: x
          """)
  void waitsForItsVictims(String why, String leaving, String result) {
    PluginCluster cluster =
        cluster("", "b/w/5/2/1")
            .pods(
                "{node: a, name: x, priority: 4, requests: {cpu: 2}, started: 1, " + leaving + "}");
    Decision decision =
        cluster.decide("name: urgent, priority: 10, requests: {cpu: 2}, nominated: a");
    assertThat(decision.preemption() == null ? decision.message() : preemption(decision))
        .as(why)
        .isEqualTo(result);
  }

  /** Others preempted before and wait for node a; a pod asks for 1 CPU there or anywhere. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                       | pods                     | nominated for a             | result
          who is as important keeps its room           | b/x/5/2/1                | priority: 10, cpu: 2        | b: x
          who is more important keeps it, too          | b/x/5/2/1                | priority: 11, cpu: 2        | b: x
          who is less important does not               | b/x/5/2/1                | priority: 9, cpu: 2         | bound to a
          beside it there is room                      | b/x/5/2/1                | priority: 10, cpu: 1        | bound to a
          beside it there is room without a victim     | a/x/5/1/1 b/z/10/2/1     | priority: 10, cpu: 1        | a: x
          beside it there is none even so              | a/x/5/1/1 b/z/10/2/1     | priority: 10, cpu: 2        | 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod.
          what it lacks so is told                     | b/z/10/2/1               | "priority: 10, cpu: 2, ports: true" | 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't have free ports for the requested pod ports. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.
          """)
  void nominatedPods(String why, String pods, String nominated, String result) {
    PluginCluster cluster =
        cluster("", pods)
            .pods(
                "{name: nominated, nominated: a, %s}"
                    .formatted(
                        nominated
                            .replace("\"", "")
                            .replaceFirst("cpu: (\\d)", "requests: {cpu: $1}")
                            .replace("ports: true", "ports: [{containerPort: 80, hostPort: 80}]")));
    Decision decision =
        cluster.decide(
            "name: urgent, priority: 10, requests: {cpu: 1}"
                + (nominated.contains("ports")
                    ? ", ports: [{containerPort: 80, hostPort: 80}]"
                    : ""));
    assertThat(
            decision.bound() != null
                ? "bound to " + decision.bound()
                : decision.preemption() != null ? preemption(decision) : decision.message())
        .as(why)
        .isEqualTo(result);
  }

  /** Node a is the first that is looked at, b would be the better one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # arguments                                                    | node
                                                                         | b: w
          minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 1   | a: x
          minCandidateNodesPercentage: 50, minCandidateNodesAbsolute: 0  | a: x
          minCandidateNodesPercentage: 100, minCandidateNodesAbsolute: 1 | b: w
          """)
  void looksNoFurtherThanItIsAskedTo(@Nullable String arguments, String expected) {
    assertThat(
            preemption(
                urgent(cluster(Objects.requireNonNullElse(arguments, ""), "a/x/5/2/1 b/w/4/2/1"))))
        .isEqualTo(expected);
  }

  /** Budget violations on a: the search goes on until there is one without. */
  @ParameterizedTest
  @CsvSource("minCandidateNodesPercentage: 0, b: w")
  void looksOnForANodeWithoutViolations(String percentage, String expected) {
    String arguments = percentage + ", minCandidateNodesAbsolute: 1";
    assertThat(preemption(urgent(cluster(arguments, "a/kept/0/2/1 b/w/4/2/1"))))
        .isEqualTo(expected);
  }
}
