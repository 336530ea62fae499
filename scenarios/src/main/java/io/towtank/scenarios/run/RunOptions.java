package io.towtank.scenarios.run;

import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.time.CheckMode;

/**
 * How a scenario is run, which has no influence on what comes of it.
 *
 * @param check how much the simulation checks itself
 * @param speed seconds of virtual time for each of wall time; 0 for as fast as possible
 * @param observer is shown the run as it goes
 */
@RecordBuilder
public record RunOptions(CheckMode check, double speed, RunObserver observer) {
  /** As fast as possible, unchecked and unobserved. */
  public static final RunOptions DEFAULT = new RunOptions(CheckMode.FAST, 0, new RunObserver() {});
}
