package io.towtank.scenarios.run;

/** Is shown a run from its beginning to its end. It looks and changes nothing. */
public interface RunObserver {
  /** The cluster is put together and nothing has been written yet. */
  default void begins(SimulatedCluster cluster) {}

  /** Some events have run: every few thousand, and while the run waits for the wall clock. */
  default void goesOn(SimulatedCluster cluster) {}

  /** The run is over. */
  default void ended(SimulatedCluster cluster, RunSummary summary) {}
}
