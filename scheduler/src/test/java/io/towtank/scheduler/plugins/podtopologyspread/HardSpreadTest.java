package io.towtank.scheduler.plugins.podtopologyspread;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nodes a and b are in zone 1, c in zone 2, d in none; all but d have a rack of their own. Pods are
 * labelled app: web, as is the one to place, where a row does not say otherwise.
 */
class HardSpreadTest {
  private static final String NODES =
      """
      {name: a, labels: {zone: "1", rack: a, disk: ssd}},
      {name: b, labels: {zone: "1", rack: b}},
      {name: c, labels: {zone: "2", rack: c, disk: ssd}},
      {name: d, labels: {disk: ssd}}
      """;
  private static final String SKEW =
      "Unschedulable: node(s) didn't match pod topology spread constraints";
  private static final String LABEL =
      "UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing"
          + " required label)";

  /** Verdicts of the nodes in order: "." success, "s" too much skew, "l" a label is missing. */
  private static String verdicts(PluginCluster cluster, String pod) {
    StringBuilder verdicts = new StringBuilder();
    var infeasible = cluster.decide(pod).infeasible();
    for (String node : new String[] {"a", "b", "c", "d"}) {
      var status = infeasible.get(node);
      String text = status == null ? "" : status.code() + ": " + status.message();
      verdicts.append(
          switch (text) {
            case "" -> ".";
            case SKEW -> "s";
            case LABEL -> "l";
            default -> text;
          });
    }
    return verdicts.toString();
  }

  private static void bind(PluginCluster cluster, @Nullable String nodes, String words) {
    int number = 0;
    for (String node : Splitter.on(' ').omitEmptyStrings().split(nodes == null ? "" : nodes)) {
      cluster.pods("{name: %s-%d, node: %s, %s}".formatted(node, number++, node, words));
    }
  }

  private static String constraint(String fields) {
    return "{whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}, "
        + (fields.contains("maxSkew") ? "" : "maxSkew: 1, ")
        + fields
        + "}";
  }

  private static String pod(String fields) {
    return "labels: {app: web}, topologySpreadConstraints: [" + constraint(fields) + "]";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                          | constraint                      | pods on     | verdicts
          the first may go anywhere with the label        | topologyKey: zone               |             | ...l
          not to the zone that has one more               | topologyKey: zone               | a           | ss.l
          but where all have as many                      | topologyKey: zone               | a c         | ...l
          pods of a zone are counted together             | topologyKey: zone               | a b c       | ss.l
          more skew allowed                               | topologyKey: zone, maxSkew: 2   | a           | ...l
          to its limit                                    | topologyKey: zone, maxSkew: 2   | a b         | ss.l
          each rack for itself                            | topologyKey: rack               | a b         | ss.l
          pods where the label lacks do not count         | topologyKey: zone               | a c d d     | ...l
          fewer domains than asked: the minimum is 0      | topologyKey: zone, minDomains: 3 | a c        | sssl
          as many domains as asked                        | topologyKey: zone, minDomains: 2 | a c        | ...l
          no domain has the label                         | topologyKey: nowhere            | a           | llll
          """)
  void filters(String why, String constraint, @Nullable String pods, String verdicts) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, pods, "labels: {app: web}");
    assertThat(verdicts(cluster, pod(constraint))).as(why).isEqualTo(verdicts);
  }

  /** One pod is on a; which words make it count. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                           | the pod that is there                     | the pod to place                                                     | verdicts
          it matches                       | labels: {app: web}                        |                                                                      | ss.l
          other labels                     | labels: {app: db}                         |                                                                      | ...l
          another namespace                | labels: {app: web}, namespace: far        |                                                                      | ...l
          it terminates                    | labels: {app: web}, deleted: true         |                                                                      | ...l
          the same version                 | labels: {app: web, version: v1}           | labels: {app: web, version: v1}, matchLabelKeys                      | ss.l
          another version                  | labels: {app: web, version: v1}           | labels: {app: web, version: v2}, matchLabelKeys                      | ...l
          the pod itself does not match    | labels: {app: web}                        | labels: {app: db}                                                    | ...l
          """)
  void whoIsCounted(String why, String there, @Nullable String placed, String verdicts) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, "a", there);
    String words = placed == null ? "labels: {app: web}" : placed;
    String keys = words.endsWith("matchLabelKeys") ? ", matchLabelKeys: [version]" : "";
    String pod =
        words.replace(", matchLabelKeys", "")
            + ", topologySpreadConstraints: ["
            + constraint("topologyKey: zone" + keys)
            + "]";
    assertThat(verdicts(cluster, pod)).as(why).isEqualTo(verdicts);
  }

  /** Pods are on a and c; c is tainted, b is not selected. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                          | policies                                                | the pod                                       | pods on | verdicts
          nodes that are not selected do not count        | topologyKey: rack                                       | nodeSelector: {disk: ssd}                     | a c     | ...l
          but when ignored they do: b's rack is empty     | topologyKey: rack, nodeAffinityPolicy: Ignore           | nodeSelector: {disk: ssd}                     | a c     | s.sl
          taints are ignored: b's zone may have no more   | topologyKey: zone                                       |                                               | a       | ss.l
          honoured, the tainted zone 2 is none            | topologyKey: zone, nodeTaintsPolicy: Honor              |                                               | a       | ...l
          but for who tolerates it                        | topologyKey: zone, nodeTaintsPolicy: Honor              | tolerations: [{operator: Exists}]             | a       | ss.l
          """)
  void whichNodesCount(
      String why, String constraint, @Nullable String words, String pods, String verdicts) {
    PluginCluster cluster =
        PluginCluster.of("PodTopologySpread")
            .nodes(
                NODES.replace("{name: c,", "{name: c, taints: [{key: old, effect: NoSchedule}],"));
    bind(cluster, pods, "labels: {app: web}");
    assertThat(verdicts(cluster, pod(constraint) + (words == null ? "" : ", " + words)))
        .as(why)
        .isEqualTo(verdicts);
  }

  /** Pods are on a and b; the pod itself would be the first that counts. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                     | selector                                         | verdicts
          no selector selects nobody                 |                                                  | ...l
          an empty one counts nobody                 | labelSelector: {},                               | ...l
          and so it does with labels the pod lacks   | labelSelector: {}, matchLabelKeys: [version],    | ...l
          but not with those that it has             | labelSelector: {}, matchLabelKeys: [app],        | ss.l
          matchLabelKeys add to a selector only      | matchLabelKeys: [app],                           | ...l
          expressions                                | labelSelector: {matchExpressions: [{key: app, operator: In, values: [db, web]}]}, | ss.l
          whoever has no such label                  | labelSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]},         | ss.l
          """)
  void selectors(String why, @Nullable String selector, String verdicts) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, "a b", "labels: {app: web}");
    String pod =
        "labels: {app: web}, topologySpreadConstraints: [{whenUnsatisfiable: DoNotSchedule, "
            + (selector == null ? "" : selector)
            + " maxSkew: 1, topologyKey: zone}]";
    assertThat(verdicts(cluster, pod)).as(why).isEqualTo(verdicts);
  }

  @ParameterizedTest
  @CsvSource({"a b c, ...l", "a b, ss.l", "a c, s.sl", "a, s..l", "'', ...l"})
  void allConstraintsHold(String pods, String verdicts) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, pods, "labels: {app: web}");
    String pod =
        "labels: {app: web}, topologySpreadConstraints: ["
            + constraint("topologyKey: zone, maxSkew: 2")
            + ", "
            + constraint("topologyKey: rack")
            + "]";
    assertThat(verdicts(cluster, pod)).isEqualTo(verdicts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # arguments                                                                                                             | verdicts
                                                                                                                                  | ....
          defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]           | ss.l
          defaultingType: List                                                                                                    | ....
          """)
  void defaultConstraintsCountThePodsOfTheService(@Nullable String arguments, String verdicts) {
    PluginCluster cluster =
        PluginCluster.of("PodTopologySpread", arguments)
            .nodes(NODES)
            .objects(
                "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default}, spec:"
                    + " {selector: {app: web}}}");
    bind(cluster, "a", "labels: {app: web}");
    assertThat(verdicts(cluster, "labels: {app: web}")).isEqualTo(verdicts);
    assertThat(verdicts(cluster, "labels: {app: db}")).as("not of the service").isEqualTo("....");
  }
}
