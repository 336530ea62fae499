package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PolicyFile;
import io.towtank.scheduler.framework.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
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
        "{'kind': 'Policy', 'priorities': [{'name': 'LeastRequestedPriority'}, {'name':"
            + " 'MostRequestedPriority'}]} | priorities[1].name | one of",
        "{'kind': 'Policy', 'extenders': []} | extenders | KubeSchedulerConfiguration",
        "{'kind': 'Policy', 'alwaysCheckAllPredicates': true} | alwaysCheckAllPredicates | first",
      })
  void mistakes(String json, String path, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
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
              .filteredOn(name -> !name.equals("EqualPriority"))
              .containsExactlyInAnyOrderElementsOf(names);
        });
  }
}
