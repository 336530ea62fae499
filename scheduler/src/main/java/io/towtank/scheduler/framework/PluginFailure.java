package io.towtank.scheduler.framework;

/** A plugin did what plugins must not do; the message says which and what. */
public final class PluginFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure of a plugin. */
  public PluginFailure(String plugin, String problem) {
    super("scheduler plugin \"" + plugin + "\" " + problem);
  }
}
