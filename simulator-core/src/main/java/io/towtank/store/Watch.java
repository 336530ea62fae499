package io.towtank.store;

/** A watch under way. */
public interface Watch {
  /** Ends it; nothing more is told. */
  void stop();
}
