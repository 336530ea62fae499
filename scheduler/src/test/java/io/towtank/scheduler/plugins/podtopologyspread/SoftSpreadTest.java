package io.towtank.scheduler.plugins.podtopologyspread;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A node's score is the sum over all constraints of pods of its domain times ln(domains + 2), plus
 * maxSkew - 1, rounded; normalised it is 100 * (highest + lowest - score) / highest. A node that
 * lacks a label is marked by -1 and gets 0. Nodes a and b are in zone 1, c in zone 2, d in none.
 */
class SoftSpreadTest {
  private static final String NODES =
      """
      {name: a, labels: {kubernetes.io/hostname: a, zone: "1"}},
      {name: b, labels: {kubernetes.io/hostname: b, zone: "1"}},
      {name: c, labels: {kubernetes.io/hostname: c, zone: "2"}},
      {name: d, labels: {kubernetes.io/hostname: d}}
      """;

  private static void bind(PluginCluster cluster, @Nullable String nodes) {
    int number = 0;
    for (String node : Splitter.on(' ').omitEmptyStrings().split(nodes == null ? "" : nodes)) {
      cluster.pods("{name: %s-%d, node: %s, labels: {app: web}}".formatted(node, number++, node));
    }
  }

  private static String constraint(String fields) {
    return "{whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}, "
        + fields
        + "}";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                 | constraint                                      | pods on   | scores                | normalised
          nobody there: all alike                | topologyKey: zone, maxSkew: 1                   |           | a 0, b 0, c 0, d -1   | a 100, b 100, c 100, d 0
          2 zones: ln 4 a pod                    | topologyKey: zone, maxSkew: 1                   | a b c     | a 3, b 3, c 1, d -1   | a 33, b 33, c 100, d 0
          maxSkew evens out what is added        | topologyKey: zone, maxSkew: 5                   | a b c     | a 7, b 7, c 5, d -1   | a 71, b 71, c 100, d 0
          4 hosts: ln 6 a pod                    | topologyKey: kubernetes.io/hostname, maxSkew: 1 | a a b d   | a 4, b 2, c 0, d 2    | a 0, b 50, c 100, d 50
          """)
  void scores(String why, String constraint, @Nullable String pods, String raw, String normalized) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, pods);
    String pod = "labels: {app: web}, topologySpreadConstraints: [" + constraint(constraint) + "]";
    assertThat(cluster.scores(pod)).as(why).isEqualTo(raw);
    assertThat(cluster.normalized(pod)).as(why).isEqualTo(normalized);
  }

  /** As in the filter; of hosts, too, whose pods are counted otherwise. */
  @ParameterizedTest
  @CsvSource({"zone, 'a 0, b 0, c 0, d -1'", "kubernetes.io/hostname, 'a 0, b 0, c 0, d 0'"})
  void anEmptySelectorCountsNobody(String key, String scores) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, "a a b");
    assertThat(
            cluster.scores(
                "labels: {app: web}, topologySpreadConstraints: [{whenUnsatisfiable:"
                    + " ScheduleAnyway, labelSelector: {}, maxSkew: 1, topologyKey: "
                    + key
                    + "}]"))
        .isEqualTo(scores);
  }

  /** ln 4 for each pod of the zone and ln 5 for each of the node: d lacks a label. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b c | a 4, b 4, c 3, d -1 | a 75, b 75, c 100, d 0",
        "a a   | a 6, b 3, c 0, d -1 | a 0, b 50, c 100, d 0"
      })
  void constraintsAddUp(String pods, String raw, String normalized) {
    PluginCluster cluster = PluginCluster.of("PodTopologySpread").nodes(NODES);
    bind(cluster, pods);
    String pod =
        "labels: {app: web}, topologySpreadConstraints: ["
            + constraint("topologyKey: zone, maxSkew: 1")
            + ", "
            + constraint("topologyKey: kubernetes.io/hostname, maxSkew: 1")
            + "]";
    assertThat(cluster.scores(pod)).isEqualTo(raw);
    assertThat(cluster.normalized(pod)).isEqualTo(normalized);
  }

  /**
   * Without arguments, hostname with maxSkew 3 and zone with maxSkew 5; nodes here have no label
   * topology.kubernetes.io/zone, which with the system's defaults is no fault: ln 6 for each pod of
   * the node, and 2 and 4.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                       | arguments                                      | labels of the pod | scores
          the service's pods           |                                                | app: web          | a 6, b 4, c 2, d 2
          not of the service           |                                                | app: db           | Skip
          a list of one's own          | defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}] | app: web | a 4, b 4, c 0, d -1
          an empty list                | defaultingType: List, defaultConstraints: []   | app: web          | Skip
          """)
  void defaultConstraints(String why, @Nullable String arguments, String labels, String scores) {
    PluginCluster cluster =
        PluginCluster.of("PodTopologySpread", arguments)
            .nodes(NODES)
            .objects(
                "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default}, spec:"
                    + " {selector: {app: web}}}");
    bind(cluster, "a a b");
    assertThat(cluster.scores("labels: {" + labels + "}")).as(why).isEqualTo(scores);
  }

  /** Who else than a service says which pods belong together. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ReplicaSet, apps/v1, a 3",
    "StatefulSet, apps/v1, a 3",
    "ReplicationController, v1, a 3"
  })
  void workloadsSelectToo(String kind, String apiVersion, String scoreOfA) {
    String selector =
        kind.equals("ReplicationController") ? "{app: web}" : "{matchLabels: {app: web}}";
    PluginCluster cluster =
        PluginCluster.of(
                "PodTopologySpread",
                "defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: zone,"
                    + " whenUnsatisfiable: ScheduleAnyway}]")
            .nodes(NODES)
            .objects(
                "{apiVersion: %s, kind: %s, metadata: {name: web, namespace: default}, spec:"
                        .formatted(apiVersion, kind)
                    + " {selector: "
                    + selector
                    + "}}");
    bind(cluster, "a b");
    assertThat(cluster.scores("labels: {app: web}, owner: " + kind + "/web")).startsWith(scoreOfA);
    assertThat(cluster.scores("labels: {app: web}")).isEqualTo(PluginCluster.SKIP);
  }
}
