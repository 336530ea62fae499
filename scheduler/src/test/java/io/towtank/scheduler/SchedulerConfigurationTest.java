package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.latency.ClientLimits;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
  void allFaultsAreTold() {
    assertFaults(
        () ->
            yaml(
                "{percentageOfNodesToScore: 200, podInitialBackoffSeconds: 0, parallelism: 0,"
                    + " extenders: [{}, {urlPrefix: 'http://a', weight: -1}],"
                    + " profiles: [{schedulerName: a, pluginConfig: [{}]}, {schedulerName: ''}]}"),
        "parallelism",
        "percentageOfNodesToScore",
        "podInitialBackoffSeconds",
        "extenders[0]",
        "extenders[1].weight",
        "profiles[0].pluginConfig[0]",
        "profiles[1].schedulerName");
    assertFaults(
        () ->
            new OfflineScheduler(
                yaml(
                    "{profiles: [{plugins: {score: {enabled: [{name: X}]}, filter: {disabled:"
                        + " [{name: W}]}}, pluginConfig: [{name: InterPodAffinity, args:"
                        + " {hardPodAffinityWeight: 101}}, {name: Z}]}]}")),
        "profiles[0].pluginConfig[0].args.hardPodAffinityWeight",
        "profiles[0].pluginConfig[1].name",
        "profiles[0].plugins.filter.disabled[0].name",
        "profiles[0].plugins.score.enabled[0].name");
  }

  private static void assertFaults(ThrowingCallable reading, String... paths) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.all())
                    .extracting(fault -> fault.path().toString())
                    .containsExactly(paths));
  }

  /** A queueSort of its own. */
  private record OldestFirst() implements QueueSortPlugin, PluginFactory {
    @Override
    public String name() {
      return "OldestFirst";
    }

    @Override
    public Plugin create(Arguments arguments, PluginContext context) {
      return this;
    }

    @Override
    public int compare(int priorityA, long queuedA, int priorityB, long queuedB) {
      return Long.compare(queuedA, queuedB);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# One queue, one order: all profiles have the same queueSort with the same arguments
b, plugins: {queueSort: {disabled: [{name: '*'}], enabled: [{name: OldestFirst}]}} | profiles[1].plugins.queueSort: must be the same for all profiles: it is "OldestFirst" here, and "PrioritySort" in profiles[0]
b, plugins: {multiPoint: {disabled: [{name: PrioritySort}], enabled: [{name: OldestFirst}]}} | profiles[1].plugins.queueSort: must be the same for all profiles: it is "OldestFirst" here, and "PrioritySort" in profiles[0]
b, plugins: {queueSort: {enabled: [{name: OldestFirst}]}} | profiles[1].plugins.queueSort: exactly one plugin has to be enabled, and there are 2
b, plugins: {queueSort: {disabled: [{name: '*'}], enabled: [{name: PrioritySort}]}} | none
b, pluginConfig: [{name: OldestFirst, args: {a: 1}}] | none
b, pluginConfig: [{name: PrioritySort, args: {}}] | none
""")
  void allProfilesShareOneOrder(String second, String problem) {
    SchedulerConfiguration read =
        SchedulerConfiguration.read(
            YamlReader.read(
                    "case", "{profiles: [{schedulerName: a}, {schedulerName: " + second + "}]}")
                .getFirst()
                .content());
    SchedulerConfiguration configuration =
        SchedulerConfigurationBuilder.builder(read)
            .catalog(PluginCatalog.INSTALLED.with(new OldestFirst()))
            .build();
    String told = "none";
    try {
      new OfflineScheduler(configuration);
    } catch (ConfigurationException e) {
      told = String.valueOf(e.getMessage());
    }
    assertThat(told).isEqualTo(problem);
  }

  @Test
  void argumentsOfTheOrderAreTheSame() {
    String profiles =
        """
        {profiles: [
          {schedulerName: a, plugins: {queueSort: {disabled: [{name: '*'}], enabled: [{name: OldestFirst}]}},
           pluginConfig: [{name: OldestFirst, args: {a: 1}}]},
          {schedulerName: b, plugins: {queueSort: {disabled: [{name: '*'}], enabled: [{name: OldestFirst}]}},
           pluginConfig: [{name: OldestFirst, args: {a: %d}}]}]}
        """;
    PluginCatalog catalog = PluginCatalog.INSTALLED.with(new OldestFirst());
    new OfflineScheduler(
        SchedulerConfigurationBuilder.builder(yaml(profiles.formatted(1)))
            .catalog(catalog)
            .build());
    assertThatThrownBy(() ->
            new OfflineScheduler(
                SchedulerConfigurationBuilder.builder(yaml(profiles.formatted(2)))
                    .catalog(catalog)
                    .build()))
        .hasMessage(
            "profiles[1].pluginConfig[0].args: the arguments of queueSort's \"OldestFirst\" must be"
                + " the same for all profiles, and differ from those in profiles[0]");
  }

  private static SchedulerConfiguration yaml(String text) {
    return SchedulerConfiguration.read(YamlReader.read("case", text).getFirst().content());
  }

  /** What means nothing in a simulation is checked and told, never read over. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
leaderElection: {leaderElect: false, resourceLock: endpoints} | leaderElection: leaderElection changes nothing in a simulation: there is one scheduler, which leads
leaderElection: {leaseDuration: 60s, renewDeadline: 40s, retryPeriod: 5s, resourceName: x, resourceNamespace: z} | leaderElection: leaderElection changes nothing in a simulation: there is one scheduler, which leads
clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf} | clientConnection.kubeconfig: kubeconfig changes nothing in a simulation: the scheduler is connected to the simulated API
clientConnection: {kubeconfig: '', qps: 20, burst: 40} | none
parallelism: 4 | parallelism: parallelism changes nothing in a simulation: how long an attempt takes is latency.schedulingPerNode
enableProfiling: true | enableProfiling: enableProfiling changes nothing in a simulation: there is no process to profile
enableContentionProfiling: true | enableContentionProfiling: enableContentionProfiling changes nothing in a simulation: there is no process to profile
delayCacheUntilActive: true | delayCacheUntilActive: delayCacheUntilActive changes nothing in a simulation: the one scheduler is always the active one
extenders: [{urlPrefix: 'http://a', enableHTTPS: true}] | extenders[0].enableHTTPS: as in kube-scheduler, without effect: the urlPrefix is no https:// URL
extenders: [{urlPrefix: 'http://a', tlsConfig: {insecure: true}}] | extenders[0].tlsConfig: as in kube-scheduler, without effect: the urlPrefix is no https:// URL
profiles: [{schedulerName: a}] | none
""")
  void whatHasNoMeaningIsTold(String fields, String note) {
    assertThat(
            yaml("{" + fields + "}").notes().stream()
                .map(each -> each.path() + ": " + each.message())
                .collect(Collectors.joining("; ")))
        .isEqualTo(note.equals("none") ? "" : note);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
'' | none
clientConnection: {} | 50.0 100
clientConnection: {qps: 20} | 20.0 100
clientConnection: {burst: 20} | 50.0 20
clientConnection: {qps: 0.5, burst: 1} | 0.5 1
clientConnection: {qps: -1} | 0.0 0
""")
  void clientConnectionLimitsTheClient(String fields, String expected) {
    ClientLimits limits = yaml("{" + fields + "}").clientLimits();
    assertThat(limits == null ? "none" : limits.qps() + " " + limits.burst()).isEqualTo(expected);
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
    assertThat(NodeSampler.feasibleNodesToFind(nodes, percentage)).isEqualTo(expected);
  }
}
