package io.towtank.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has Ctrl-C end a run in order: the run is asked to stop, and the process waits until its summary
 * is printed. The exit status is then the one that the signal has, 130.
 */
final class Interruption {
  private static final long PATIENCE_SECONDS = 20;

  private final Thread hook;
  private volatile @Nullable Runnable stop;
  private final CountDownLatch done = new CountDownLatch(1);

  /** From now on Ctrl-C asks {@code stop} and waits. */
  Interruption(Runnable stop) {
    this.stop = stop;
    hook =
        new Thread(
            () -> {
              Runnable asked = this.stop;
              if (asked != null) {
                asked.run();
              }
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

  /** Says that all is printed: from now on Ctrl-C ends the process at once. */
  void over() {
    // First of all: where memory has run out, this is what still holds the whole cluster.
    stop = null;
    done.countDown();
    if (!isShuttingDown()) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
