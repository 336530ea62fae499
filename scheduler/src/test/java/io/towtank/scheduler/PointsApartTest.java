package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.PluginCluster;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of a plugin that is on at one of its points and off at another. */
class PointsApartTest {
  private static JsonNode yaml(String text) {
    return YamlReader.read("case", text).getFirst().content();
  }

  private static OfflineScheduler scheduler(@Nullable String plugins, PluginCatalog catalog) {
    SchedulerConfiguration configuration =
        SchedulerConfiguration.read(
            yaml("{profiles: [{plugins: {" + (plugins == null ? "" : plugins) + "}}]}"));
    OfflineScheduler scheduler =
        new OfflineScheduler(
            SchedulerConfigurationBuilder.builder(configuration)
                .ties(Ties.FIRST)
                .catalog(catalog)
                .build());
    for (String name : new String[] {"a", "b"}) {
      scheduler.add(
          PluginCluster.node(
              "name: %s, labels: {topology.kubernetes.io/zone: z-%s}".formatted(name, name)));
    }
    scheduler.add(
        ObjectCodec.read(
            yaml(
                "{kind: PersistentVolume, apiVersion: v1, metadata: {name: volume,"
                    + " labels: {topology.kubernetes.io/zone: z-b}},"
                    + " spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}}")));
    scheduler.add(
        ObjectCodec.read(
            yaml(
                "{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {name: bound,"
                    + " namespace: default,"
                    + " annotations: {pv.kubernetes.io/bind-completed: 'yes'}},"
                    + " spec: {volumeName: volume}}")));
    return scheduler;
  }

  private static final String BY_NAME =
      "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
          + " {nodeSelectorTerms: [{matchFields: [%s]}]}}}";
  private static final String IN = "{key: metadata.name, operator: In, values: [%s]}";

  private static Pod pod(String what) {
    String words =
        switch (what) {
          case "only b" -> BY_NAME.formatted(IN.formatted("b"));
          case "a and b at once" -> BY_NAME.formatted(IN.formatted("a") + ", " + IN.formatted("b"));
          case "no such claim", "bound claim" ->
              "volumes: [{name: v, persistentVolumeClaim: {claimName: "
                  + (what.startsWith("no") ? "none" : "bound")
                  + "}}]";
          case "two CPUs" -> "requests: {cpu: 2}";
          case "too big" -> "requests: {cpu: 20}";
          default -> what;
        };
    return PluginCluster.pod(words);
  }

  private static String text(Decision decision) {
    return decision.bound() == null ? String.valueOf(decision.message()) : decision.bound();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# NodeAffinity: PreFilter leaves the named nodes; Filter looks at all where PreFilter is off
''                                        | only b          | b
''                                        | a and b at once | 0/2 nodes are available: pod affinity terms conflict.
preFilter: {disabled: [{name: NodeAffinity}]} | only b          | b
preFilter: {disabled: [{name: NodeAffinity}]} | a and b at once | 0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
filter: {disabled: [{name: NodeAffinity}]}    | only b          | b
filter: {disabled: [{name: NodeAffinity}]}    | a and b at once | 0/2 nodes are available: pod affinity terms conflict.
'preFilter: {disabled: [{name: NodeAffinity}]}, filter: {disabled: [{name: NodeAffinity}]}' | only b | a
# VolumeZone: without PreFilter each node is turned down for the claim
'preFilter: {disabled: [{name: VolumeZone}]}' | bound claim   | b
'preFilter: {disabled: [{name: VolumeZone}]}' | no such claim | 0/2 nodes are available: persistentvolumeclaim "none" not found.
'preFilter: {disabled: [{name: VolumeZone}, {name: VolumeBinding}, {name: VolumeRestrictions}]}, filter: {disabled: [{name: VolumeBinding}, {name: VolumeRestrictions}]}, reserve: {disabled: [{name: VolumeBinding}]}, preBind: {disabled: [{name: VolumeBinding}]}' | no such claim | 0/2 nodes are available: 2 looking up PVC default/none: persistentvolumeclaim "none" not found. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
'filter: {disabled: [{name: VolumeZone}]}'    | bound claim   | a
# Filters off, their PreFilters on
'filter: {disabled: [{name: VolumeBinding}]}' | no such claim | 0/2 nodes are available: persistentvolumeclaim "none" not found.
'filter: {disabled: [{name: NodeResourcesFit}]}' | too big    | a
""")
  void decides(@Nullable String plugins, String pod, String expected) {
    assertThat(text(scheduler(plugins, PluginCatalog.INSTALLED).decide(pod(pod))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# With PreScore a plugin may have no opinion; without, it gives 0
NodeAffinity                    | ''                                                         | two CPUs | none
NodeAffinity                    | preScore: {disabled: [{name: NodeAffinity}]}                    | two CPUs | 0
NodeResourcesBalancedAllocation | ''                                                         | ''       | none
NodeResourcesBalancedAllocation | preScore: {disabled: [{name: NodeResourcesBalancedAllocation}]} | ''       | 0
NodeResourcesBalancedAllocation | preScore: {disabled: [{name: NodeResourcesBalancedAllocation}]} | two CPUs | 75
NodeResourcesFit                | preScore: {disabled: [{name: NodeResourcesFit}]}                | two CPUs | 73
NodeResourcesFit                | ''                                                         | two CPUs | 73
""")
  void scores(String plugin, String plugins, String pod, String expected) {
    Decision.PluginScore score =
        scheduler(plugins, PluginCatalog.INSTALLED)
            .decide(pod(pod))
            .scores()
            .values()
            .iterator()
            .next()
            .plugins()
            .get(plugin);
    assertThat(score == null ? "none" : String.valueOf(score.normalized())).isEqualTo(expected);
  }

  /** Turns every pod down before any node is looked at, but some event may help. */
  private record Doubtful() implements FilterPlugin<String>, PluginFactory {
    @Override
    public String name() {
      return "Doubtful";
    }

    @Override
    public Plugin create(Arguments arguments, PluginContext context) {
      return this;
    }

    @Override
    public PreFilterResult<String> preFilter(PodInfo pod) {
      return PreFilterResult.rejected(Status.unschedulable("doubtful"));
    }

    @Override
    public Status filter(String demand, NodeInfo node) {
      return Status.SUCCESS;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# A user's plugin that is on at a point prepares for it, too, unless that is off
filter: {enabled: [{name: Doubtful}]}    | 0/2 nodes are available: doubtful.
preFilter: {enabled: [{name: Doubtful}]} | 0/2 nodes are available: doubtful.
'filter: {enabled: [{name: Doubtful}]}, preFilter: {disabled: [{name: Doubtful}]}' | profiles[0].plugins.preFilter.disabled[0].name: plugin "Doubtful" is enabled at filter, which fails for every pod without what it works out at preFilter; disable it at filter, too, or enable it at both
""")
  void usersPluginsPrepare(String plugins, String expected) {
    String told;
    try {
      told =
          text(
              scheduler(plugins, PluginCatalog.INSTALLED.with(new Doubtful()))
                  .decide(pod("two CPUs")));
    } catch (ConfigurationException e) {
      told = String.valueOf(e.getMessage());
    }
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void aPreFilterThatNothingHelpsGoesBeforeOneThatSomethingMayHelp() {
    OfflineScheduler scheduler =
        scheduler(
            "preFilter: {enabled: [{name: Doubtful}]}",
            PluginCatalog.INSTALLED.with(new Doubtful()));
    assertThat(text(scheduler.decide(pod("two CPUs"))))
        .isEqualTo("0/2 nodes are available: doubtful.");
    assertThat(text(scheduler.decide(pod("no such claim"))))
        .isEqualTo("0/2 nodes are available: persistentvolumeclaim \"none\" not found.");
  }
}
