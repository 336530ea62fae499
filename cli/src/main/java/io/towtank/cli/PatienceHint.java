package io.towtank.cli;

import io.towtank.api.Durations;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.SimulatedCluster;
import java.io.PrintWriter;

/**
 * Tells once, where a run goes on and on until nothing is going on any more, what may be the matter
 * and what to do: something may never rest, such as a container that ends and is started again.
 */
final class PatienceHint implements RunObserver {
  private static final long PATIENCE_NANOS = 15_000_000_000L;

  /** Clusters that only come up are at rest long before. */
  private static final long LONG_NANOS = Durations.parse("1d");

  private final PrintWriter err;
  private final long beganNanos = System.nanoTime();
  private boolean told;

  PatienceHint(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void goesOn(SimulatedCluster cluster) {
    if (told
        || cluster.simulation().nanos() < LONG_NANOS
        || System.nanoTime() - beganNanos < PATIENCE_NANOS
        || !cluster.scenario().arrivals().isEmpty()) {
      return;
    }
    told = true;
    err.println(
        "\r"
            + Durations.format(cluster.simulation().nanos() / 1_000_000_000L * 1_000_000_000L)
            + " of virtual time, and something still goes on: the run ends when nothing does, or"
            + " after "
            + Durations.format(cluster.scenario().end().limitNanos())
            + ". Ctrl-C ends it now, with its summary; --until 1h says when it is to end.");
    err.flush();
  }
}
