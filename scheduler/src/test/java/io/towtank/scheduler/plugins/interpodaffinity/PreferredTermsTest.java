package io.towtank.scheduler.plugins.interpodaffinity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nodes a and b are in zone 1, c in zone 2, d in none. Pods of app: db are on a and on c, there are
 * two on a. The pod to place is app: web.
 */
class PreferredTermsTest {
  private static final String NODES =
      """
      {name: a, labels: {zone: "1", host: a}}, {name: b, labels: {zone: "1", host: b}},
      {name: c, labels: {zone: "2", host: c}}, {name: d}
      """;
  private static final String PODS =
      """
      {name: x, node: a, labels: {app: db}}, {name: z, node: a, labels: {app: db}},
      {name: u, node: c, labels: {app: db}}
      """;

  private static String weighted(int weight, String key) {
    return "{weight: %d, podAffinityTerm: {topologyKey: %s, labelSelector: {matchLabels: {app: db}}}}"
        .formatted(weight, key);
  }

  private static String preferred(String sort, String terms) {
    return sort + ": {preferredDuringSchedulingIgnoredDuringExecution: [" + terms + "]}";
  }

  /** Terms as in {@code +5 zone -3 host}: liked and disliked with weights. */
  private static String affinity(String terms) {
    StringBuilder liked = new StringBuilder();
    StringBuilder disliked = new StringBuilder();
    List<String> words = Splitter.on(' ').splitToList(terms);
    for (int i = 0; i < words.size(); i += 2) {
      int weight = Integer.parseInt(words.get(i));
      (weight > 0 ? liked : disliked)
          .append(weighted(Math.abs(weight), words.get(i + 1)))
          .append(", ");
    }
    return "affinity: {"
        + preferred("podAffinity", liked.toString())
        + ", "
        + preferred("podAntiAffinity", disliked.toString())
        + "}";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                    | terms            | scores                     | normalised
          a weight for each pod of the zone         | +5 zone          | a 10, b 10, c 5, d 0       | a 100, b 100, c 50, d 0
          of the host                               | +5 host          | a 10, b 0, c 5, d 0        | a 100, b 0, c 50, d 0
          disliked: the fewer the better            | -5 zone          | a -10, b -10, c -5, d 0    | a 0, b 0, c 50, d 100
          likes and dislikes add up                 | +5 zone -4 host  | a 2, b 10, c 1, d 0        | a 20, b 100, c 10, d 0
          """)
  void thePodsOwn(String why, String terms, String raw, String normalized) {
    PluginCluster cluster = PluginCluster.of("InterPodAffinity").nodes(NODES).pods(PODS);
    String pod = "labels: {app: web}, " + affinity(terms);
    assertThat(cluster.scores(pod)).as(why).isEqualTo(raw);
    assertThat(cluster.normalized(pod)).as(why).isEqualTo(normalized);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Skip",
        "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5,"
            + " podAffinityTerm: {topologyKey: zone, labelSelector: {matchLabels: {app: none}}}}]}}"
            + " | a 0, b 0, c 0, d 0"
      })
  void withoutTermsThereIsNoOpinionAndWithoutPodsAllIsAlike(String pod, String normalized) {
    PluginCluster cluster = PluginCluster.of("InterPodAffinity").nodes(NODES).pods(PODS);
    assertThat(cluster.normalized(pod)).isEqualTo(normalized);
  }

  /** A pod on c, of app: web itself, has terms about app: web; the pod to place has none. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                | arguments                                 | sort            | required or weight | scores
          it likes such pods                    |                                           | podAffinity     | 7                  | a 0, b 0, c 7, d 0
          it dislikes them                      |                                           | podAntiAffinity | 7                  | a 0, b 0, c -7, d 0
          it requires them, which counts 1      |                                           | podAffinity     | required           | a 0, b 0, c 1, d 0
          or as the argument says               | hardPodAffinityWeight: 20                 | podAffinity     | required           | a 0, b 0, c 20, d 0
          or nothing                            | hardPodAffinityWeight: 0                  | podAffinity     | required           | Skip
          what it prefers may be ignored        | ignorePreferredTermsOfExistingPods: true  | podAffinity     | 7                  | Skip
          and what it requires, too             | ignorePreferredTermsOfExistingPods: true  | podAffinity     | required           | Skip
          """)
  void thoseOfPodsThatAreThere(
      String why, @Nullable String arguments, String sort, String weight, String scores) {
    String term = "{topologyKey: zone, labelSelector: {matchLabels: {app: web}}}";
    String terms =
        weight.equals("required")
            ? "requiredDuringSchedulingIgnoredDuringExecution: [" + term + "]"
            : "preferredDuringSchedulingIgnoredDuringExecution: [{weight: %s, podAffinityTerm: %s}]"
                .formatted(weight, term);
    PluginCluster cluster =
        PluginCluster.of("InterPodAffinity", arguments)
            .nodes(NODES)
            .pods(
                "{name: x, node: c, labels: {app: web}, affinity: {%s: {%s}}}"
                    .formatted(sort, terms));
    assertThat(cluster.scores("labels: {app: web}")).as(why).isEqualTo(scores);
    assertThat(cluster.scores("labels: {app: other}")).as("not about it").isEqualTo("Skip");
  }

  /** Theirs are ignored only for the sake of pods that have no preference themselves. */
  @ParameterizedTest
  @CsvSource({"podAffinity, 'a 5, b 5, c 7, d 0'", "podAntiAffinity, 'a -5, b -5, c 7, d 0'"})
  void whoPrefersAnythingCountsThePreferencesOfOthers(String sort, String scores) {
    PluginCluster cluster =
        PluginCluster.of("InterPodAffinity", "ignorePreferredTermsOfExistingPods: true")
            .nodes(NODES)
            .pods(
                "{name: x, node: c, labels: {app: web}, affinity: {%s}}, {name: z, node: a, labels: {app: db}}"
                    .formatted(
                        preferred(
                            "podAffinity",
                            "{weight: 7, podAffinityTerm: {topologyKey: zone, labelSelector:"
                                + " {matchLabels: {app: web}}}}")));
    assertThat(
            cluster.scores(
                "labels: {app: web}, affinity: {" + preferred(sort, weighted(5, "zone")) + "}"))
        .isEqualTo(scores);
  }
}
