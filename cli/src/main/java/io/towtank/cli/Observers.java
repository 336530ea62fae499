package io.towtank.cli;

import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.SimulatedCluster;
import java.util.ArrayList;
import java.util.List;

/** Shows a run to several observers. */
final class Observers implements RunObserver {
  private final List<RunObserver> observers = new ArrayList<>();

  void add(RunObserver observer) {
    observers.add(observer);
  }

  @Override
  public void begins(SimulatedCluster cluster) {
    observers.forEach(observer -> observer.begins(cluster));
  }

  @Override
  public void goesOn(SimulatedCluster cluster) {
    observers.forEach(observer -> observer.goesOn(cluster));
  }

  @Override
  public void ended(SimulatedCluster cluster, RunSummary summary) {
    observers.forEach(observer -> observer.ended(cluster, summary));
  }
}
