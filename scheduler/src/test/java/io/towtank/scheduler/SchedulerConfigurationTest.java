package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.framework.Plugin;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerConfigurationTest {
  private static SchedulerConfiguration read(String json) throws JsonProcessingException {
    return SchedulerConfiguration.read(new ObjectMapper().readTree(json.replace('\'', '"')));
  }

  private static Profile profile(String json) throws JsonProcessingException {
    return new OfflineScheduler(read(json)).profile(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
  }

  private static List<String> names(List<? extends Plugin> plugins) {
    return plugins.stream().map(Plugin::name).toList();
  }

  @Test
  void defaultsAreThoseOfKubeScheduler() throws JsonProcessingException {
    Profile profile = profile("{}");
    assertThat(names(profile.filters()))
        .containsExactly(
            "NodeUnschedulable",
            "NodeName",
            "TaintToleration",
            "NodeAffinity",
            "NodePorts",
            "NodeResourcesFit",
            "VolumeRestrictions",
            "NodeVolumeLimits",
            "VolumeBinding",
            "VolumeZone",
            "PodTopologySpread",
            "InterPodAffinity");
    assertThat(profile.scores())
        .extracting(score -> score.plugin().name() + " " + score.weight())
        .containsExactly(
            "TaintToleration 3",
            "NodeAffinity 2",
            "NodeResourcesFit 1",
            "PodTopologySpread 2",
            "InterPodAffinity 2",
            "NodeResourcesBalancedAllocation 1",
            "ImageLocality 1");
    assertThat(names(profile.postFilters()))
        .containsExactly("DynamicResources", "DefaultPreemption");
    assertThat(profile.percentageOfNodesToScore()).isEqualTo(100);
  }

  @Test
  void pluginsOfAPointComeBeforeThoseOfMultiPointAndOverrideTheirWeight()
      throws JsonProcessingException {
    Profile profile =
        profile(
            "{'profiles': [{'plugins': {'score': {'enabled': ["
                + "{'name': 'ImageLocality', 'weight': 7}],"
                + "'disabled': [{'name': 'TaintToleration'}]}}}]}");
    assertThat(profile.scores().getFirst().plugin().name()).isEqualTo("ImageLocality");
    assertThat(profile.scores().getFirst().weight()).isEqualTo(7);
    assertThat(profile.scores())
        .extracting(score -> score.plugin().name())
        .doesNotContain("TaintToleration");
    assertThat(names(profile.filters())).contains("TaintToleration");
  }

  @Test
  void everythingCanBeDisabledAtOnce() throws JsonProcessingException {
    Profile profile =
        profile(
            "{'profiles': [{'plugins': {'filter': {'enabled': [{'name': 'NodeResourcesFit'}],"
                + "'disabled': [{'name': '*'}]}}}]}");
    assertThat(names(profile.filters())).containsExactly("NodeResourcesFit");
  }

  /** A row: a configuration, the place at fault, and a part of what is told about it. */
  @ParameterizedTest
  @CsvFileSource(resources = "bad-configurations.csv", delimiter = '|', maxCharsPerColumn = 8000)
  void errorsSayWhereAndWhatWouldBeRight(String json, @Nullable String path, String message) {
    assertThatThrownBy(() -> new OfflineScheduler(read(json)))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.path().toString()).isEqualTo(path == null ? "" : path);
              assertThat(e).hasMessageContaining(message);
              assertThat(e.getMessage()).startsWith(path == null ? "" : path + ": ");
            });
  }

  @Test
  void unknownPluginsAreListed() {
    assertThatThrownBy(() ->
            profile("{'profiles': [{'plugins': {'multiPoint': {'enabled': [{'name': 'Zzz'}]}}}]}"))
        .hasMessageEndingWith(
            "there is no plugin \"Zzz\"; known: "
                + String.join(", ", PluginCatalog.INSTALLED.names()));
  }

  @ParameterizedTest
  @CsvSource({
    "50,0,50",
    "99,0,99",
    "100,0,100",
    "1000,0,420",
    "5000,0,500",
    "10000,0,500",
    "5000,50,2500",
    "200,10,100"
  })
  void sampleSizesAreThoseOfKubeScheduler(int nodes, int percentage, int expected) {
    assertThat(SchedulingCycle.feasibleNodesToFind(nodes, percentage)).isEqualTo(expected);
  }
}
