package io.towtank.scheduler.plugins.interpodaffinity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes a and b are in zone 1, c in zone 2, d in none. Terms select app: db, if not said else. */
class RequiredTermsTest {
  private static final String NODES =
      """
      {name: a, labels: {zone: "1", host: a}}, {name: b, labels: {zone: "1", host: b}},
      {name: c, labels: {zone: "2", host: c}}, {name: d}
      """;

  /** In order: "." success, "w" who is wanted is not there, "u" who is unwanted is, "r" refused. */
  private static String verdicts(PluginCluster cluster, String pod) {
    StringBuilder verdicts = new StringBuilder();
    var infeasible = cluster.decide(pod).infeasible();
    for (String node : new String[] {"a", "b", "c", "d"}) {
      var status = infeasible.get(node);
      String text = status == null ? "" : status.code() + ": " + status.message();
      verdicts.append(
          switch (text) {
            case "" -> ".";
            case "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules" -> "w";
            case "Unschedulable: node(s) didn't match pod anti-affinity rules" -> "u";
            case "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules" -> "r";
            default -> text;
          });
    }
    return verdicts.toString();
  }

  private static String term(String fields) {
    return "{"
        + (fields.contains("labelSelector") ? "" : "labelSelector: {matchLabels: {app: db}}, ")
        + (fields.contains("topologyKey") ? "" : "topologyKey: zone, ")
        + fields
        + "}";
  }

  private static String affinity(String sort, String terms) {
    return "affinity: {%s: {requiredDuringSchedulingIgnoredDuringExecution: [".formatted(sort)
        + Splitter.on(';')
            .splitToStream(terms)
            .map(RequiredTermsTest::term)
            .collect(Collectors.joining(", "))
        + "]}}";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                     | terms                                                              | pods                                          | verdicts
          who is wanted is nowhere                   | topologyKey: zone                                                  |                                               | wwww
          to its zone                                | topologyKey: zone                                                  | {name: x, node: a, labels: {app: db}}         | ..ww
          to its host                                | topologyKey: host                                                  | {name: x, node: a, labels: {app: db}}         | .www
          others are no company                      | topologyKey: zone                                                  | {name: x, node: a, labels: {app: web}}        | wwww
          who is where the label lacks helps not     | topologyKey: zone                                                  | {name: x, node: d, labels: {app: db}}         | wwww
          nor who is in another namespace            | topologyKey: zone                                                  | {name: x, node: a, namespace: far, labels: {app: db}} | wwww
          but where that is named                    | namespaces: [far]                                                  | {name: x, node: a, namespace: far, labels: {app: db}} | ..ww
          or selected by its labels                  | namespaceSelector: {matchLabels: {team: one}}                      | {name: x, node: a, namespace: far, labels: {app: db}} | ..ww
          of all namespaces                          | namespaceSelector: {}                                              | {name: x, node: c, namespace: far, labels: {app: db}} | ww.w
          both terms by one pod                      | topologyKey: zone;labelSelector: {matchLabels: {tier: data}}       | {name: x, node: a, labels: {app: db, tier: data}} | ..ww
          not by two pods                            | topologyKey: zone;labelSelector: {matchLabels: {tier: data}}       | {name: x, node: a, labels: {app: db}}, {name: z, node: a, labels: {tier: data}} | wwww
          the first of its kind goes anywhere        | labelSelector: {matchLabels: {app: web}}                           |                                               | ...w
          once it is there others go to it           | labelSelector: {matchLabels: {app: web}}                           | {name: x, node: c, labels: {app: web}}        | ww.w
          matchLabelKeys: of the same version        | matchLabelKeys: [version]                                          | {name: x, node: a, labels: {app: db, version: v2}}, {name: z, node: c, labels: {app: db, version: v1}} | ww.w
          mismatchLabelKeys: of another version      | mismatchLabelKeys: [version]                                       | {name: x, node: a, labels: {app: db, version: v2}}, {name: z, node: c, labels: {app: db, version: v1}} | ..ww
          """)
  void affinity(String why, String terms, @Nullable String pods, String verdicts) {
    assertThat(
            verdicts(
                cluster(pods),
                "labels: {app: web, version: v1}, " + affinity("podAffinity", terms)))
        .as(why)
        .isEqualTo(verdicts);
  }

  private static PluginCluster cluster(@Nullable String pods) {
    return PluginCluster.of("InterPodAffinity")
        .nodes(NODES)
        .objects("{apiVersion: v1, kind: Namespace, metadata: {name: far, labels: {team: one}}}")
        .pods(pods);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                 | terms                                    | pods                                    | verdicts
          nobody to keep away from               | topologyKey: zone                        |                                         | ....
          away from its zone                     | topologyKey: zone                        | {name: x, node: a, labels: {app: db}}   | uu..
          away from its host                     | topologyKey: host                        | {name: x, node: a, labels: {app: db}}   | u...
          who is where the label lacks is nowhere | topologyKey: zone                       | {name: x, node: d, labels: {app: db}}   | ....
          any of the terms                       | topologyKey: host;topologyKey: zone, labelSelector: {matchLabels: {app: q}} | {name: x, node: a, labels: {app: db}}, {name: z, node: c, labels: {app: q}} | u.u.
          another namespace                      | topologyKey: zone                        | {name: x, node: a, namespace: far, labels: {app: db}} | ....
          """)
  void antiAffinity(String why, String terms, @Nullable String pods, String verdicts) {
    assertThat(verdicts(cluster(pods), "labels: {app: web}, " + affinity("podAntiAffinity", terms)))
        .as(why)
        .isEqualTo(verdicts);
  }

  /** The pod that is there, on a, keeps away from app: db; the one to place has the labels. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                       | term                                          | labels of the pod | verdicts
          it does not want this one    | topologyKey: zone                             | app: db           | rr..
          on its host                  | topologyKey: host                             | app: db           | r...
          it does not mind             | topologyKey: zone                             | app: web          | ....
          of another namespace only    | namespaces: [far]                             | app: db           | ....
          """)
  void antiAffinityOfPodsThatAreThere(String why, String term, String labels, String verdicts) {
    PluginCluster cluster =
        cluster("{name: x, node: a, " + affinity("podAntiAffinity", term) + "}");
    assertThat(verdicts(cluster, "labels: {" + labels + "}")).as(why).isEqualTo(verdicts);
  }

  /** Node a has who is wanted and who refuses: the refusal is told; c and d lack who is wanted. */
  @Test
  void thePodsOwnAffinityIsLookedAtFirst() {
    PluginCluster cluster =
        cluster(
            "{name: x, node: a, labels: {app: db}, "
                + affinity(
                    "podAntiAffinity",
                    "topologyKey: host, labelSelector: {matchLabels: {app: web}}")
                + "}");
    assertThat(
            verdicts(
                cluster, "labels: {app: web}, " + affinity("podAffinity", "topologyKey: zone")))
        .isEqualTo("r.ww");
  }
}
