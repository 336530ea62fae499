package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PolicyFile;
import io.towtank.scheduler.framework.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
  private static final Set<String> LEFT_OUT =
      ImmutableSet.of("EqualPriority", "NodePreferAvoidPodsPriority");

  private static PolicyFile read(String json) throws JsonProcessingException {
    return PolicyFile.read(new ObjectMapper().readTree(json.replace('\'', '"')));
  }

  private static Profile profile(PolicyFile policy) {
    return new OfflineScheduler(policy.configuration())
        .profile(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
  }

  private static List<String> names(List<? extends Plugin> plugins) {
    return plugins.stream().map(Plugin::name).toList();
  }

  @Test
  void predicatesBecomeFiltersAndPrioritiesScores() throws JsonProcessingException {
    PolicyFile policy =
        read(
            """
            {'kind': 'Policy', 'apiVersion': 'v1',
             'predicates': [
               {'name': 'PodFitsResources'}, {'name': 'PodFitsHostPorts'},
               {'name': 'PodSelectorMatches'}, {'name': 'CheckNodeDiskPressure'},
               {'name': 'CheckNodeMemoryPressure'}],
             'priorities': [
               {'name': 'LeastRequestedPriority', 'weight': 3},
               {'name': 'SelectorSpreadPriority', 'weight': 2},
               {'name': 'ImageLocalityPriority', 'weight': 1},
               {'name': 'NodeAffinityPriority', 'weight': 4}]}
            """);
    assertThat(names(profile(policy).filters()))
        .containsExactly(
            "NodeUnschedulable",
            "TaintToleration",
            "NodeResourcesFit",
            "NodePorts",
            "NodeAffinity");
    assertThat(profile(policy).scores())
        .extracting(score -> score.plugin().name() + " " + score.weight())
        .containsExactly(
            "NodeResourcesFit 3", "PodTopologySpread 2", "ImageLocality 1", "NodeAffinity 4");
    assertThat(policy.mappings())
        .extracting(mapping -> mapping.path() + ": " + mapping.message())
        .containsExactly(
            "predicates[0]: predicate PodFitsResources is read as filter NodeResourcesFit",
            "predicates[1]: predicate PodFitsHostPorts is read as filter NodePorts",
            "predicates[2]: predicate PodSelectorMatches is read as filter NodeAffinity",
            "predicates[3]: predicate CheckNodeDiskPressure is read as filter TaintToleration (the"
                + " node's condition shows as a taint)",
            "predicates[4]: predicate CheckNodeMemoryPressure is read as filter TaintToleration"
                + " (the node's condition shows as a taint)",
            "priorities[0]: priority LeastRequestedPriority is read as score NodeResourcesFit with"
                + " scoringStrategy LeastAllocated, weight 3",
            "priorities[1]: priority SelectorSpreadPriority is read as score PodTopologySpread with"
                + " its default constraints, weight 2",
            "priorities[2]: priority ImageLocalityPriority is read as score ImageLocality, weight"
                + " 1",
            "priorities[3]: priority NodeAffinityPriority is read as score NodeAffinity, weight 4");
  }

  @Test
  void whatAPolicyDoesNotSayIsAsByDefault() throws JsonProcessingException {
    Profile profile = profile(read("{'kind': 'Policy', 'predicates': []}"));
    assertThat(names(profile.filters())).containsExactly("NodeUnschedulable", "TaintToleration");
    assertThat(profile.scores()).hasSize(7);
    assertThat(names(profile(read("{'kind': 'Policy', 'priorities': []}")).filters())).hasSize(12);
    assertThat(profile(read("{'kind': 'Policy', 'priorities': []}")).scores()).isEmpty();
  }

  @Test
  void prioritiesOfOnePluginAddUp() throws JsonProcessingException {
    PolicyFile policy =
        read(
            "{'kind': 'Policy', 'priorities': [{'name': 'SelectorSpreadPriority', 'weight': 2},"
                + "{'name': 'EvenPodsSpreadPriority', 'weight': 3}, {'name': 'EqualPriority'}]}");
    assertThat(profile(policy).scores())
        .extracting(score -> score.plugin().name() + " " + score.weight())
        .containsExactly("PodTopologySpread 5");
    assertThat(policy.mappings().getLast().message())
        .isEqualTo("priority EqualPriority changes no order and is left out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'kind': 'Policy', 'predicate': []} | predicate | did you mean \"predicates\"?",
        "{'kind': 'Policy', 'predicates': [{'name': 'PodFitsResource'}]} | predicates[0].name |"
            + " did you mean \"PodFitsResources\"?",
        "{'kind': 'Policy', 'predicates': [{'name': 'HostName', 'argument': {}}]} |"
            + " predicates[0].argument | takes none",
        "{'kind': 'Policy', 'priorities': [{'name': 'LeastRequested'}]} | priorities[0].name |"
            + " did you mean \"LeastRequestedPriority\"?",
        "{'kind': 'Policy', 'priorities': [{'name': 'LeastRequestedPriority', 'weight': 2},"
            + " {'name': 'MostRequestedPriority'}]} | priorities[1].name | in one way",
        "{'kind': 'Policy', 'priorities': [{'name': 'LeastRequestedPriority', 'argument': {}}]} |"
            + " priorities[0].argument | takes none",
        "{'kind': 'Policy', 'priorities': [{'name': 'x', 'argument': {'labelPreference': {}}}]} |"
            + " priorities[0].name | there is no priority \"x\"",
        "{'kind': 'Policy', 'priorities': [{'name': 'x', 'argument':"
            + " {'requestedToCapacityRatioArguments': {'shapes': []}}}]} |"
            + " priorities[0].argument.requestedToCapacityRatioArguments.shapes | \"shape\"",
        "{'kind': 'Policy', 'priorities': [{'name': 'x', 'argument':"
            + " {'requestedToCapacityRatioArguments': {'shape': [{'utilization': 0, 'score':"
            + " 1}]}}}, {'name': 'y', 'argument': {'requestedToCapacityRatioArguments': {'shape':"
            + " [{'utilization': 0, 'score': 2}]}}}]} |"
            + " priorities[1].argument.requestedToCapacityRatioArguments | another priority",
        "{'kind': 'Policy', 'extenders': [{'filterVerb': 'f'}]} | extenders[0] | \"urlPrefix\" is"
            + " missing",
        "{'kind': 'Policy', 'extenders': [{'urlPrefix': 'http://a', 'filter': 'f'}]} |"
            + " extenders[0].filter | did you mean \"filterVerb\"?",
        "{'kind': 'Policy', 'extenders': [{'urlPrefix': 'http://a', 'prioritizeVerb': 'p'}]} |"
            + " extenders[0].weight | at least 1",
        "{'kind': 'Policy', 'extenders': [{'urlPrefix': 'http://a', 'enableHttps': true,"
            + " 'enableHTTPS': true}]} | extenders[0].enableHttps | given twice",
        "{'kind': 'Policy', 'extenders': [{'urlPrefix': 'http://a', 'httpTimeout': -5}]} |"
            + " extenders[0].httpTimeout | from 0",
        "{'kind': 'Policy', 'alwaysCheckAllPredicates': true} | alwaysCheckAllPredicates | first",
      })
  void mistakes(String json, String path, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
  }

  /** As they stood in many a file of old. */
  @Test
  void whatNoScoreStandsForIsLeftOut() throws JsonProcessingException {
    PolicyFile policy =
        read(
            """
            {'kind': 'Policy', 'priorities': [
              {'name': 'LeastRequestedPriority', 'weight': 1},
              {'name': 'NodePreferAvoidPodsPriority', 'weight': 10000},
              {'name': 'TaintTolerationPriority', 'weight': 1},
              {'name': 'MostRequestedPriority', 'weight': 1}]}
            """);
    assertThat(profile(policy).scores())
        .extracting(score -> score.plugin().name())
        .containsExactly("TaintToleration");
    assertThat(policy.mappings())
        .extracting(mapping -> mapping.path() + ": " + mapping.message())
        .containsExactly(
            "priorities[0]: priority LeastRequestedPriority is left out: LeastRequestedPriority"
                + " and MostRequestedPriority of one weight cancel each other",
            "priorities[1]: priority NodePreferAvoidPodsPriority is left out: the annotation"
                + " preferAvoidPods has meant nothing since Kubernetes 1.23",
            "priorities[2]: priority TaintTolerationPriority is read as score TaintToleration,"
                + " weight 1",
            "priorities[3]: priority MostRequestedPriority is left out: LeastRequestedPriority and"
                + " MostRequestedPriority of one weight cancel each other");
  }

  /** A priority of any name; nodes of which the half is requested are worth most. */
  @Test
  void aRatioIsAScoringStrategy() throws JsonProcessingException {
    PolicyFile policy =
        read(
            """
            {'kind': 'Policy', 'priorities': [{'name': 'HalfFull', 'weight': 3, 'argument': {
              'requestedToCapacityRatioArguments': {
                'shape': [{'utilization': 0, 'score': 0}, {'utilization': 50, 'score': 10},
                          {'utilization': 100, 'score': 0}],
                'resources': [{'name': 'cpu', 'weight': 1}]}}}]}
            """);
    assertThat(policy.mappings().getFirst().message())
        .isEqualTo(
            "priority HalfFull is read as score NodeResourcesFit with scoringStrategy"
                + " RequestedToCapacityRatio, weight 3");
    OfflineScheduler scheduler = new OfflineScheduler(policy.configuration());
    scheduler.add(Fixtures.node("small", "1", "8Gi", "z"));
    scheduler.add(Fixtures.node("right", "2", "8Gi", "z"));
    scheduler.add(Fixtures.node("large", "8", "8Gi", "z"));
    var decision = scheduler.decide(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
    assertThat(decision.bound()).isEqualTo("right");
    assertThat(Objects.requireNonNull(decision.scores().get("right")).total()).isEqualTo(300);
  }

  @Test
  void extendersAreThoseOfAConfiguration() throws JsonProcessingException {
    PolicyFile policy =
        read(
            """
            {'kind': 'Policy', 'apiVersion': 'v1', 'extenders': [
              {'urlPrefix': 'https://a/x', 'apiVersion': 'v1beta1', 'filterVerb': 'f',
               'prioritizeVerb': 'p', 'preemptVerb': 'e', 'weight': 5, 'bindVerb': 'b',
               'enableHttps': true, 'tlsConfig': {'insecure': true}, 'httpTimeout': 1500000000,
               'nodeCacheCapable': true, 'ignorable': true,
               'managedResources': [{'name': 'example.com/a', 'ignoredByScheduler': true}]},
              {'urlPrefix': 'http://b', 'filterVerb': 'f', 'enableHttps': false}]}
            """);
    var today =
        SchedulerConfiguration.read(
            new ObjectMapper()
                .readTree(
                    """
                    {'extenders': [
                      {'urlPrefix': 'https://a/x', 'filterVerb': 'f', 'prioritizeVerb': 'p',
                       'preemptVerb': 'e', 'weight': 5, 'bindVerb': 'b', 'enableHTTPS': true,
                       'tlsConfig': {'insecure': true}, 'httpTimeout': '1.5s',
                       'nodeCacheCapable': true, 'ignorable': true,
                       'managedResources': [{'name': 'example.com/a', 'ignoredByScheduler': true}]},
                      {'urlPrefix': 'http://b', 'filterVerb': 'f'}]}
                    """
                        .replace('\'', '"')));
    assertThat(policy.configuration().extenders()).isEqualTo(today.extenders());
    assertThat(policy.configuration().extenders().getFirst().timeoutNanos())
        .isEqualTo(1_500_000_000L);
    assertThat(policy.configuration().extenders().getLast().timeoutNanos())
        .as("kube-scheduler's default")
        .isEqualTo(5_000_000_000L);
    assertThat(policy.mappings())
        .extracting(mapping -> mapping.path() + ": " + mapping.message())
        .containsExactly(
            "extenders[0]: extender https://a/x is read as an extender of a"
                + " KubeSchedulerConfiguration; enableHttps as enableHTTPS, httpTimeout, in"
                + " nanoseconds, as 1.5s, apiVersion is not needed any more",
            "extenders[1]: extender http://b is read as an extender of a"
                + " KubeSchedulerConfiguration; enableHttps as enableHTTPS");
  }

  /** The guide's table of names is what is read, and all of it. */
  @ParameterizedTest
  @CsvSource({"predicates, predicate, filter", "priorities, priority, score"})
  void theGuideHasAllNames(String list, String part, String plugin) throws IOException {
    Matcher table =
        Pattern.compile("\\| " + part + " \\| " + plugin + " \\|\n\\|[-|]+\\|\n((?:\\|.*\n)+)")
            .matcher(Files.readString(Path.of("README.md")));
    assertThat(table.find()).isTrue();
    Set<String> names = new TreeSet<>();
    for (String row : Splitter.on('\n').omitEmptyStrings().split(table.group(1))) {
      List<String> cells = Splitter.on('|').trimResults().splitToList(row);
      for (String name : Splitter.on(", ").split(cells.get(1))) {
        names.add(name);
        assertThat(
                read("{'kind': 'Policy', '%s': [{'name': '%s'}]}".formatted(list, name))
                    .mappings()
                    .getFirst()
                    .message())
            .startsWith(part + " " + name + " is read as " + plugin)
            .contains(cells.get(2).replaceAll("[: ].*", ""));
      }
    }
    assertThatThrownBy(() -> read("{'kind': 'Policy', '%s': [{'name': 'X'}]}".formatted(list)))
        .satisfies(e -> {
          String told = String.valueOf(e.getMessage());
          String known = told.substring(told.indexOf("known: ") + "known: ".length());
          assertThat(Splitter.on(", ").splitToList(known))
              .filteredOn(name -> !LEFT_OUT.contains(name))
              .containsExactlyInAnyOrderElementsOf(names);
        });
  }
}
