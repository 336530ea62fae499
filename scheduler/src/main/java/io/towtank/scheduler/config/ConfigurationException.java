package io.towtank.scheduler.config;

/** A scheduler configuration is wrong; the message says where, what, and what would be right. */
public final class ConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With the message that the user sees. */
  public ConfigurationException(String message) {
    super(message);
  }
}
