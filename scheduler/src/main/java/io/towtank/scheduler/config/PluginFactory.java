package io.towtank.scheduler.config;

import io.towtank.scheduler.framework.Plugin;

/**
 * Makes a plugin for a profile. Plugins of users that take arguments or look at more than a node
 * are found as services of this type ({@link PluginCatalog}).
 */
public interface PluginFactory {
  /** The plugin's name in configuration files. */
  String name();

  /**
   * A new plugin.
   *
   * @param arguments what {@code pluginConfig} says for it; refuse fields that you do not know with
   *     {@link Arguments#allow}
   */
  Plugin create(Arguments arguments, PluginContext context);
}
