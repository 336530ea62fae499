package io.towtank.store;

/**
 * A watch under way.
 *
 * <p>History keeps what it has still to tell, however far behind it is; but not while it is paused.
 */
public interface Watch {
  /** Ends it; nothing more is told. */
  void stop();

  /** Tells nothing until {@link #resume}, as when the connection is gone or the reader is slow. */
  void pause();

  /**
   * Goes on where it was paused: tells what has happened since, or {@link WatchListener#expired}
   * where history no longer has it.
   */
  void resume();
}
