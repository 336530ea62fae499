package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;

/** What a configuration enables and disables at an extension point, in order. */
public record PluginSet(ImmutableList<Entry> enabled, ImmutableList<String> disabled) {
  /** All plugins, where plugins are disabled. */
  public static final String ALL = "*";

  /** Nothing changed. */
  public static final PluginSet NONE = new PluginSet(ImmutableList.of(), ImmutableList.of());

  /**
   * A plugin that is enabled.
   *
   * @param weight of its score; 0 for the default
   */
  public record Entry(String name, int weight) {}

  /** These plugins laid over those of a default (kube-scheduler: mergePluginSet). */
  PluginSet over(PluginSet defaults) {
    ImmutableList.Builder<Entry> merged = ImmutableList.builder();
    if (!disabled.contains(ALL)) {
      for (Entry entry : defaults.enabled) {
        if (!disabled.contains(entry.name)) {
          merged.add(named(entry.name, entry));
        }
      }
    }
    for (Entry entry : enabled) {
      boolean replaced =
          !disabled.contains(ALL)
              && !disabled.contains(entry.name)
              && defaults.enabled.stream().anyMatch(d -> d.name.equals(entry.name));
      if (!replaced) {
        merged.add(entry);
      }
    }
    return new PluginSet(merged.build(), disabled);
  }

  private Entry named(String name, Entry otherwise) {
    for (Entry entry : enabled) {
      if (entry.name.equals(name)) {
        return entry;
      }
    }
    return otherwise;
  }
}
