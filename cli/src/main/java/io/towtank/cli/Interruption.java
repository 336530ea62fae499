package io.towtank.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has Ctrl-C end a run in order: the run is asked to stop, and the process waits until its summary
 * is printed and its files are in their places. The exit status is then the one that the signal
 * has, 130.
 *
 * <p>To be opened before the files are, so that it is closed after them: once it is closed, the
 * process may be gone at any moment.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Thread hook;
  private final CountDownLatch done = new CountDownLatch(1);
  private @Nullable Runnable stop;
  private boolean asked;

  /** From now on Ctrl-C waits for {@link #close}. */
  Interruption() {
    hook =
        new Thread(
            () -> {
              ask();
              try {
                // The time is for printing; a run that does not answer is ended all the same.
                boolean printed = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!printed) {
                  System.err.println("towtank: gave up waiting for the run to end");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What Ctrl-C asks to stop: called at once where it was pressed already. */
  synchronized void stops(Runnable stop) {
    this.stop = stop;
    if (asked) {
      stop.run();
    }
  }

  private synchronized void ask() {
    asked = true;
    if (stop != null) {
      stop.run();
    }
  }

  private synchronized void forget() {
    stop = null;
  }

  /** Whether the process is ending already because of a signal. */
  static boolean isShuttingDown() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Says that all is done: from now on Ctrl-C ends the process at once. */
  @Override
  public void close() {
    // First of all: where memory has run out, this is what still holds the whole cluster.
    forget();
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook no longer keeps it.
    }
  }
}
