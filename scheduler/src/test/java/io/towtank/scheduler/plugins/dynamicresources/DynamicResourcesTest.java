package io.towtank.scheduler.plugins.dynamicresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.plugins.PluginCluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the plugin's presence does to messages, which is all that it does where there are no claims:
 * kube-scheduler's messages of pods of every outcome, recorded with all default plugins.
 */
class DynamicResourcesTest {
  private static final String NEVER = "Preemption is not helpful for scheduling.";
  private static final String NO_VICTIMS = "No preemption victims found for incoming pod.";

  /** One node with 4 CPUs, of which an unimportant pod has 3. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# It comes before preemption, and is told beside it
''  | requests: {cpu: 5}                         | 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 NEVER
''  | requests: {cpu: 2}                         | 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 NO_VICTIMS
''  | nodeSelector: {a: b}                       | 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 NEVER
''  | 'requests: {cpu: 2}, priority: 10, preemptionPolicy: Never' | 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.
# Where preemption helps, nothing of it is told
''  | 'requests: {cpu: 2}, priority: 10'         | 0/1 nodes are available: 1 Insufficient cpu.
# Nor of a pod that PreFilter turned down, a gated one, or one that fits
''  | 'volumes: [{name: v, persistentVolumeClaim: {claimName: none}}]' | 0/1 nodes are available: persistentvolumeclaim "none" not found.
''  | 'schedulingGates: [{name: g}]'             | none
''  | requests: {cpu: 1}                         | none
# In the order of the profile
'postFilter: {enabled: [{name: DefaultPreemption}]}' | requests: {cpu: 5} | 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 NEVER, no new claims to deallocate
'postFilter: {disabled: [{name: DefaultPreemption}]}' | requests: {cpu: 5} | 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate
# Without it
'postFilter: {disabled: [{name: DynamicResources}]}' | requests: {cpu: 5} | 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 NEVER
'multiPoint: {disabled: [{name: DynamicResources}]}' | requests: {cpu: 5} | 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 NEVER
'postFilter: {disabled: [{name: ''*''}]}'      | requests: {cpu: 5}    | 0/1 nodes are available: 1 Insufficient cpu.
""")
  void messages(String plugins, String pod, String expected) {
    OfflineScheduler scheduler =
        new OfflineScheduler(
            SchedulerConfiguration.read(
                YamlReader.read("case", "{profiles: [{plugins: {" + plugins + "}}]}")
                    .getFirst()
                    .content()));
    scheduler.add(PluginCluster.node("name: a"));
    scheduler.add(PluginCluster.pod("name: other, node: a, requests: {cpu: 3}"));
    String message = scheduler.decide(PluginCluster.pod(pod)).message();
    assertThat(message == null ? "none" : message)
        .isEqualTo(expected.replace("NEVER", NEVER).replace("NO_VICTIMS", NO_VICTIMS));
  }
}
