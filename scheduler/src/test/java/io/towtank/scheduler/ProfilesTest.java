package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.framework.Plugin;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which plugins a profile has at which point, in which order and with which weight. */
class ProfilesTest {
  private static Profile profile(String plugins) {
    JsonNode configuration =
        YamlReader.read("case", "{profiles: [{plugins: {" + plugins + "}}]}").getFirst().content();
    return new OfflineScheduler(SchedulerConfiguration.read(configuration))
        .profile(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
  }

  private static String at(String point, Profile profile) {
    return switch (point) {
      case "preEnqueue" -> names(profile.preEnqueue());
      case "queueSort" -> profile.queueSort().name();
      case "preFilter" -> names(profile.preFilters());
      case "filter" -> names(profile.filters());
      case "postFilter" -> names(profile.postFilters());
      case "preScore" -> names(profile.preScores());
      case "score" ->
          profile.scores().stream()
              .map(score -> score.plugin().name() + " " + score.weight())
              .collect(Collectors.joining(", "));
      case "reserve" -> names(profile.reserve());
      case "preBind" -> names(profile.preBind());
      case "bind" -> names(profile.bind());
      default -> throw new IllegalArgumentException(point);
    };
  }

  private static String names(List<? extends Plugin> plugins) {
    return plugins.stream().map(Plugin::name).collect(Collectors.joining(", "));
  }

  /** As kube-scheduler's mergePluginSet, then expandMultiPointPlugins and getScoreWeights. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# Nothing configured
'' | queueSort | PrioritySort
'' | preFilter | NodeAffinity, NodePorts, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity
'' | preScore | TaintToleration, NodeAffinity, NodeResourcesFit, PodTopologySpread, InterPodAffinity, NodeResourcesBalancedAllocation
'' | reserve | VolumeBinding
'' | preBind | VolumeBinding
# One point alone: those named there and at MultiPoint first, in their own order, then MultiPoint's others, then the rest
'filter: {enabled: [{name: NodePorts}, {name: NodeName}]}' | filter | NodePorts, NodeName, NodeUnschedulable, TaintToleration, NodeAffinity, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity
'filter: {enabled: [{name: NodePorts}]}' | preFilter | NodeAffinity, NodePorts, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity
'preFilter: {enabled: [{name: InterPodAffinity}, {name: NodePorts}]}' | preFilter | InterPodAffinity, NodePorts, NodeAffinity, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread
# Disabled and enabled at one point: MultiPoint's does not count, so it comes last
'score: {disabled: [{name: TaintToleration}], enabled: [{name: TaintToleration, weight: 9}]}' | score | NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 1, TaintToleration 9
# All disabled: those that are enabled again, in the order in which they are
'score: {disabled: [{name: ''*''}], enabled: [{name: ImageLocality}, {name: NodeAffinity, weight: 3}]}' | score | ImageLocality 1, NodeAffinity 3
'score: {disabled: [{name: ''*''}], enabled: [{name: ImageLocality}, {name: NodeAffinity, weight: 3}]}' | preScore | TaintToleration, NodeAffinity, NodeResourcesFit, PodTopologySpread, InterPodAffinity, NodeResourcesBalancedAllocation
'filter: {disabled: [{name: ''*''}], enabled: [{name: NodeResourcesFit}]}' | filter | NodeResourcesFit
'filter: {disabled: [{name: ''*''}], enabled: [{name: NodeResourcesFit}]}' | reserve | ''
'score: {disabled: [{name: ''*''}]}' | score | ''
# Weights: a point's own goes before MultiPoint's; 0 and none are 1, not the default's
'score: {enabled: [{name: TaintToleration}]}' | score | TaintToleration 1, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 1
'multiPoint: {enabled: [{name: TaintToleration}]}' | score | TaintToleration 1, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 1
'multiPoint: {enabled: [{name: ImageLocality, weight: 8}]}, score: {enabled: [{name: ImageLocality, weight: 5}]}' | score | ImageLocality 5, TaintToleration 3, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1
# MultiPoint: a default that is named keeps its place; one that is disabled and enabled comes last
'multiPoint: {enabled: [{name: ImageLocality, weight: 8}]}' | score | TaintToleration 3, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 8
'multiPoint: {disabled: [{name: TaintToleration}], enabled: [{name: TaintToleration, weight: 4}]}' | filter | NodeUnschedulable, NodeName, NodeAffinity, NodePorts, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity, TaintToleration
'multiPoint: {disabled: [{name: InterPodAffinity}]}' | filter | NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread
'multiPoint: {disabled: [{name: ''*''}], enabled: [{name: PrioritySort}, {name: DefaultBinder}, {name: NodeResourcesFit}]}' | score | NodeResourcesFit 1
'multiPoint: {disabled: [{name: ''*''}], enabled: [{name: PrioritySort}, {name: DefaultBinder}, {name: NodeResourcesFit}]}' | preFilter | NodeResourcesFit
# Points apart
'filter: {disabled: [{name: NodePorts}]}' | preFilter | NodeAffinity, NodePorts, NodeResourcesFit, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity
'preFilter: {disabled: [{name: NodeAffinity}, {name: VolumeZone}, {name: NodeVolumeLimits}]}' | preFilter | NodePorts, NodeResourcesFit, VolumeRestrictions, VolumeBinding, PodTopologySpread, InterPodAffinity
'preScore: {disabled: [{name: NodeResourcesFit}]}' | score | TaintToleration 3, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 1
# What kube-scheduler's plugin has a point for may be named there, also where nothing comes of it here
'score: {enabled: [{name: VolumeBinding, weight: 2}]}' | score | TaintToleration 3, NodeAffinity 2, NodeResourcesFit 1, PodTopologySpread 2, InterPodAffinity 2, NodeResourcesBalancedAllocation 1, ImageLocality 1
'filter: {disabled: [{name: ''*''}], enabled: [{name: DynamicResources}, {name: NodeName}]}' | filter | NodeName
'preBind: {disabled: [{name: VolumeBinding}]}' | preBind | ''
""")
  void pluginsOfAPoint(String plugins, String point, String expected) {
    assertThat(at(point, profile(plugins))).isEqualTo(expected);
  }

  @Test
  void everyPluginThatJudgesIsRememberedOnce() {
    Profile profile = profile("filter: {disabled: [{name: NodePorts}]}");
    assertThat(profile.judges())
        .doesNotHaveDuplicates()
        .containsAll(profile.preFilters())
        .containsAll(profile.filters())
        .containsAll(profile.scores().stream().map(Profile.WeightedScore::plugin).toList());
  }
}
