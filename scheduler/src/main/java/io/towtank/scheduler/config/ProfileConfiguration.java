package io.towtank.scheduler.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import org.jspecify.annotations.Nullable;

/**
 * A profile as configured (kube-scheduler: KubeSchedulerProfile).
 *
 * @param percentageOfNodesToScore null for that of the configuration
 * @param plugins by extension point, as in {@code multiPoint} or {@code score}
 * @param pluginArguments by plugin
 */
public record ProfileConfiguration(
    String schedulerName,
    @Nullable Integer percentageOfNodesToScore,
    ImmutableMap<String, PluginSet> plugins,
    ImmutableMap<String, JsonNode> pluginArguments) {
  /** The default profile. */
  public static final ProfileConfiguration DEFAULT =
      new ProfileConfiguration("default-scheduler", null, ImmutableMap.of(), ImmutableMap.of());
}
