package io.towtank.scheduler.config;

import io.towtank.scheduler.framework.Plugin;

/**
 * Makes a plugin for a profile. Plugins of users are found as services of this type ({@link
 * java.util.ServiceLoader}).
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
