package io.towtank.scenarios.run;

import io.towtank.scenarios.expression.Condition;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.observe.ExpectationWatch;
import io.towtank.scenarios.observe.LiveMetrics;
import io.towtank.scenarios.observe.UtilizationHistory;
import io.towtank.scenarios.run.RunSummary.Ending;
import io.towtank.time.CheckMode;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;

/** Runs a scenario from its beginning to its end. One runner is for one run. */
public final class ScenarioRunner {
  private static final long LOOK_EVERY_EVENTS = 4096;
  private static final long SLICE_NANOS = 50_000_000L;

  private final Scenario scenario;
  private final RunOptions options;
  private final SimulatedCluster cluster;
  private final Simulation simulation;
  private final ExpectationWatch watch;
  private final UtilizationHistory utilization;
  private volatile boolean interrupted;

  /** A runner; the cluster is put together and has not begun. */
  public ScenarioRunner(Scenario scenario, RunOptions options) {
    this.scenario = scenario;
    this.options = options;
    this.cluster = new SimulatedCluster(scenario, options.check());
    this.simulation = cluster.simulation();
    this.watch =
        new ExpectationWatch(
            cluster.store(),
            cluster.settling(),
            new LiveMetrics(cluster.gauges(), cluster.traffic(), cluster.metrics()));
    this.utilization = new UtilizationHistory(cluster.gauges());
    cluster.settling().add(utilization);
    cluster.settling().add(watch);
    for (Scenario.ExpectationEntry entry : scenario.expectations()) {
      watch.add(entry.expectation());
    }
  }

  /** Ends the run soon, with a summary of what was so far. May be called from any thread. */
  public void interrupt() {
    interrupted = true;
    simulation.interrupt();
  }

  /**
   * Creates what there is at the start, and goes no further.
   *
   * @throws io.towtank.manifest.ManifestException with all that the API refuses
   */
  public void rehearse() {
    cluster.begin();
  }

  /**
   * Runs the scenario.
   *
   * @throws io.towtank.manifest.ManifestException with all that the API refuses of what there is at
   *     the start; then nothing is run
   * @throws io.towtank.time.InvariantViolation where a check finds a difference: a bug
   */
  public RunSummary run() {
    long startedNanos = System.nanoTime();
    options.observer().begins(cluster);
    simulation.onProgress(LOOK_EVERY_EVENTS, () -> options.observer().goesOn(cluster));
    simulation.schedule(0, cluster::begin);
    Ending ending = runToEnd(startedNanos);
    cluster.settling().end();
    if (options.check() != CheckMode.FAST && ending == Ending.IDLE) {
      cluster.checkAtRest();
    }
    RunSummary summary =
        new Summarizing(scenario, cluster, utilization, watch)
            .summarize(ending, System.nanoTime() - startedNanos);
    options.observer().ended(cluster, summary);
    return summary;
  }

  private Ending runToEnd(long startedNanos) {
    return switch (scenario.end().until()) {
      case End.Until.Idle idle -> runUntil(scenario.end().limitNanos(), true, startedNanos);
      case End.Until.Time(long nanos) -> {
        Ending ending = runUntil(nanos, false, startedNanos);
        yield ending == Ending.LIMIT ? Ending.TIME : ending;
      }
      case End.Until.Holds(String text, Condition condition) -> runUntil(condition, startedNanos);
    };
  }

  private Ending runUntil(long endNanos, boolean untilIdle, long startedNanos) {
    while (!interrupted) {
      long sliceEnd = Math.min(endNanos, paceNanos(startedNanos));
      StopCondition.Time time = new StopCondition.Time(sliceEnd);
      StopCondition met =
          untilIdle ? simulation.run(time, new StopCondition.Idle()) : simulation.run(time);
      switch (met) {
        case StopCondition.Idle idle -> {
          return Ending.IDLE;
        }
        case StopCondition.Time reached -> {
          if (sliceEnd >= endNanos) {
            return Ending.LIMIT;
          }
          await();
        }
        case StopCondition.Interrupted stopped -> {
          return Ending.INTERRUPTED;
        }
        case StopCondition.Holds holds -> throw new IllegalStateException("was not asked for");
      }
    }
    return Ending.INTERRUPTED;
  }

  /**
   * Runs one moment of virtual time after another until a condition holds after one: what is true
   * within a moment, before all that is due at it has happened, does not count.
   */
  private Ending runUntil(Condition condition, long startedNanos) {
    Ending ending = momentsUntil(watch.prepare(condition), startedNanos);
    if (options.check() != CheckMode.FAST) {
      simulation.runSelfChecks();
    }
    return ending;
  }

  private Ending momentsUntil(Condition condition, long startedNanos) {
    long limit = scenario.end().limitNanos();
    long seen = -1;
    while (!interrupted) {
      while (simulation.step(simulation.nanos())) {
        if (interrupted) {
          return Ending.INTERRUPTED;
        }
      }
      if (cluster.gauges().writes() != seen) {
        seen = cluster.gauges().writes();
        if (condition.holds(watch.now())) {
          return Ending.CONDITION;
        }
      }
      if (simulation.idle()) {
        return Ending.IDLE;
      }
      long pace = Math.min(limit, paceNanos(startedNanos));
      if (!simulation.step(pace)) {
        if (pace >= limit) {
          return Ending.LIMIT;
        }
        await();
      }
    }
    return Ending.INTERRUPTED;
  }

  /** Up to which virtual time the run may go by now. */
  private long paceNanos(long startedNanos) {
    if (options.speed() == 0) {
      return Long.MAX_VALUE - 1;
    }
    double elapsed = System.nanoTime() - startedNanos + (double) SLICE_NANOS;
    double virtual = elapsed * options.speed();
    return virtual >= Long.MAX_VALUE ? Long.MAX_VALUE - 1 : (long) virtual;
  }

  private void await() {
    options.observer().goesOn(cluster);
    try {
      Thread.sleep(SLICE_NANOS / 1_000_000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      interrupt();
    }
  }
}
