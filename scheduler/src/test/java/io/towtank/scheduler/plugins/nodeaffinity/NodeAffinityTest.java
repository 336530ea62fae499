package io.towtank.scheduler.plugins.nodeaffinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAffinityTest {
  private static final String NODES =
      """
      {name: a, labels: {zone: x, disk: ssd, cores: "8"}},
      {name: b, labels: {zone: x, disk: hdd, cores: "16"}},
      {name: c, labels: {zone: w, disk: ssd}},
      {name: d}
      """;
  private static final String POD =
      "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector";
  private static final String ENFORCED =
      "UnschedulableAndUnresolvable: node(s) didn't match scheduler-enforced node affinity";
  private static final String LEFT_OUT =
      "UnschedulableAndUnresolvable: node(s) didn't satisfy plugin(s) [NodeAffinity]";

  /**
   * The nodes' verdicts in order: "." success, "-" by the pod, "!" by the argument, "x" not even
   * looked at.
   */
  private static String verdicts(PluginCluster cluster, String pod) {
    StringBuilder verdicts = new StringBuilder();
    var decision = cluster.decide(pod);
    if (decision.preFilter() != null) {
      return cluster.verdict(pod);
    }
    for (String node : new String[] {"a", "b", "c", "d"}) {
      var status = decision.infeasible().get(node);
      String text = status == null ? "" : status.code() + ": " + status.message();
      verdicts.append(
          switch (text) {
            case "" -> ".";
            case POD -> "-";
            case ENFORCED -> "!";
            case LEFT_OUT -> "x";
            default -> text;
          });
    }
    return verdicts.toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                          | nodeSelector         | terms                                                                                             | nodes
          nothing asked                   |                      |                                                                                                   | ....
          a label                         | zone: x              |                                                                                                   | ..--
          all of the selector's labels    | zone: x, disk: ssd   |                                                                                                   | .---
          In                              |                      | {matchExpressions: [{key: zone, operator: In, values: [x, z]}]}                                   | ..--
          NotIn takes who lacks it        |                      | {matchExpressions: [{key: zone, operator: NotIn, values: [x]}]}                                   | --..
          Exists                          |                      | {matchExpressions: [{key: cores, operator: Exists}]}                                              | ..--
          DoesNotExist                    |                      | {matchExpressions: [{key: cores, operator: DoesNotExist}]}                                        | --..
          Gt compares numbers             |                      | {matchExpressions: [{key: cores, operator: Gt, values: ["9"]}]}                                   | -.--
          Lt                              |                      | {matchExpressions: [{key: cores, operator: Lt, values: ["9"]}]}                                   | .---
          Gt with what is no number       |                      | {matchExpressions: [{key: cores, operator: Gt, values: [many]}]}                                  | ----
          Gt with half a number           |                      | {matchExpressions: [{key: cores, operator: Gt, values: ["7.5"]}]}                                 | ----
          Gt with a negative number, which no label is | |{matchExpressions: [{key: cores, operator: Gt, values: ["-1"]}]}                                   | ----
          Lt with more than 64 bits       |                      | {matchExpressions: [{key: cores, operator: Lt, values: ["9223372036854775808"]}]}                 | ----
          Gt where a label is no number   |                      | {matchExpressions: [{key: zone, operator: Gt, values: ["0"]}]}                                    | ----
          NotIn what no label can be      |                      | {matchExpressions: [{key: zone, operator: NotIn, values: ["no way"]}]}                            | ----
          In with what no label can be    |                      | {matchExpressions: [{key: zone, operator: In, values: [x, "no way"]}]}                            | ----
          the next term still counts      |                      | {matchExpressions: [{key: zone, operator: NotIn, values: ["no way"]}]}, {matchExpressions: [{key: zone, operator: In, values: [x]}]} | ..--
          an empty value is one           |                      | {matchExpressions: [{key: zone, operator: NotIn, values: [""]}]}                                  | ....
          all expressions of a term       |                      | {matchExpressions: [{key: zone, operator: In, values: [x]}, {key: disk, operator: In, values: [hdd]}]} | -.--
          any of the terms                |                      | {matchExpressions: [{key: zone, operator: In, values: [w]}]}, {matchExpressions: [{key: disk, operator: In, values: [hdd]}]} | -..-
          an empty term matches none      |                      | {}                                                                                                | ----
          selector and affinity           | zone: x              | {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}                                    | .---
          by name                         |                      | {matchFields: [{key: metadata.name, operator: In, values: [b]}]}                                  | x.xx
          any but that name               |                      | {matchFields: [{key: metadata.name, operator: NotIn, values: [b]}]}                               | .-..
          a name and a label              |                      | {matchFields: [{key: metadata.name, operator: In, values: [c]}], matchExpressions: [{key: zone, operator: In, values: [x]}]} | xx-x
          names of two terms              |                      | {matchFields: [{key: metadata.name, operator: In, values: [a]}]}, {matchFields: [{key: metadata.name, operator: In, values: [d]}]} | .xx.
          a name or a label               |                      | {matchFields: [{key: metadata.name, operator: In, values: [a]}]}, {matchExpressions: [{key: zone, operator: In, values: [w]}]} | .-.-
          names that exclude each other   |                      | {matchFields: [{key: metadata.name, operator: In, values: [a]}, {key: metadata.name, operator: In, values: [b]}]} | UnschedulableAndUnresolvable: pod affinity terms conflict
          """)
  void filters(String why, @Nullable String nodeSelector, @Nullable String terms, String verdicts) {
    assertThat(verdicts(PluginCluster.of("NodeAffinity").nodes(NODES), pod(nodeSelector, terms)))
        .as(why)
        .isEqualTo(verdicts);
  }

  private static String pod(@Nullable String nodeSelector, @Nullable String terms) {
    return "nodeSelector: {%s}".formatted(nodeSelector == null ? "" : nodeSelector)
        + (terms == null
            ? ""
            : ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                + " {nodeSelectorTerms: [%s]}}}".formatted(terms));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                       | added                                                      | nodeSelector | nodes
          for every pod                | {matchExpressions: [{key: zone, operator: In, values: [x]}]} |            | ..!!
          and the pod's own            | {matchExpressions: [{key: zone, operator: In, values: [x]}]} | disk: ssd  | .-!!
          """)
  void addedAffinityIsRequired(
      String why, String added, @Nullable String nodeSelector, String verdicts) {
    PluginCluster cluster =
        PluginCluster.of(
                "NodeAffinity",
                "addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                    + " {nodeSelectorTerms: [%s]}}".formatted(added))
            .nodes(NODES);
    assertThat(verdicts(cluster, pod(nodeSelector, null))).as(why).isEqualTo(verdicts);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                       | preferred by the pod                                                                          | preferred by the argument | weights               | scores
          no preference                |                                                                                               |                           | Skip                  | Skip
          weights add up               | {weight: 30, preference: {matchExpressions: [{key: zone, operator: In, values: [x]}]}}, {weight: 20, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}} | | a 50, b 30, c 20, d 0 | a 100, b 60, c 40, d 0
          in whole percents            | {weight: 3, preference: {matchExpressions: [{key: zone, operator: Exists}]}}, {weight: 4, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}} |    | a 7, b 3, c 7, d 0    | a 100, b 42, c 100, d 0
          none matches                 | {weight: 30, preference: {matchExpressions: [{key: zone, operator: In, values: [z]}]}}        |                           | a 0, b 0, c 0, d 0    | a 0, b 0, c 0, d 0
          an empty preference is none  | {weight: 30, preference: {}}                                                                  |                           | a 0, b 0, c 0, d 0    | a 0, b 0, c 0, d 0
          by name                      | {weight: 5, preference: {matchFields: [{key: metadata.name, operator: In, values: [d]}]}}     |                           | a 0, b 0, c 0, d 5    | a 0, b 0, c 0, d 100
          the argument's alone         |                                                                                               | {weight: 10, preference: {matchExpressions: [{key: disk, operator: In, values: [hdd]}]}} | a 0, b 10, c 0, d 0 | a 0, b 100, c 0, d 0
          both                         | {weight: 30, preference: {matchExpressions: [{key: zone, operator: In, values: [x]}]}}        | {weight: 10, preference: {matchExpressions: [{key: disk, operator: In, values: [hdd]}]}} | a 30, b 40, c 0, d 0 | a 75, b 100, c 0, d 0
          """)
  void scores(
      String why, @Nullable String ofPod, @Nullable String added, String raw, String normalized) {
    PluginCluster cluster =
        PluginCluster.of(
                "NodeAffinity", added == null ? null : "addedAffinity: " + preferred(added))
            .nodes(NODES);
    String pod = ofPod == null ? "" : "affinity: {nodeAffinity: " + preferred(ofPod) + "}";
    assertThat(cluster.scores(pod)).as(why).isEqualTo(raw);
    assertThat(cluster.normalized(pod)).as(why).isEqualTo(normalized);
  }

  private static String preferred(String terms) {
    return "{preferredDuringSchedulingIgnoredDuringExecution: [" + terms + "]}";
  }
}
