package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableMap;
import io.towtank.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/**
 * A profile as configured (kube-scheduler: KubeSchedulerProfile).
 *
 * @param path its place in the configuration
 * @param percentageOfNodesToScore null for that of the configuration
 * @param plugins by extension point, as in {@code multiPoint} or {@code score}
 * @param pluginArguments by plugin
 */
public record ProfileConfiguration(
    FieldPath path,
    String schedulerName,
    @Nullable Integer percentageOfNodesToScore,
    ImmutableMap<String, PluginSet> plugins,
    ImmutableMap<String, Arguments> pluginArguments) {
  /** The default profile. */
  public static final ProfileConfiguration DEFAULT =
      new ProfileConfiguration(
          FieldPath.ROOT, "default-scheduler", null, ImmutableMap.of(), ImmutableMap.of());

  /** What is said for a plugin; empty where nothing is. */
  Arguments argumentsOf(String plugin) {
    return pluginArguments.getOrDefault(plugin, Arguments.of(path.field("pluginConfig"), null));
  }
}
