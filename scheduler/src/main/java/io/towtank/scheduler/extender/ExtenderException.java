package io.towtank.scheduler.extender;

/** An extender could not be asked, or said that it failed. */
public final class ExtenderException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what went wrong. */
  public ExtenderException(String message) {
    super(message);
  }
}
