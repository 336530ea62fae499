package io.towtank.scheduler;

import io.towtank.scheduler.config.Timers;
import io.towtank.time.Simulation;

/** A simulation's timers. */
record SimulationTimers(Simulation simulation) implements Timers {
  @Override
  public void after(long nanos, Runnable action) {
    simulation.schedule(nanos, action);
  }

  @Override
  public void timeout(long nanos, Runnable action) {
    simulation.scheduleBackground(nanos, action);
  }
}
