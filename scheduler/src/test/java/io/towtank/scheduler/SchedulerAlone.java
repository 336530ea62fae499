package io.towtank.scheduler;

import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;

/** Starts a scheduler that has the store to itself: what else happens is up to the test. */
public final class SchedulerAlone {
  private SchedulerAlone() {}

  /** Starts a scheduler whose requests and watches take as long as a profile says. */
  public static Scheduler start(
      Simulation simulation,
      ApiStore store,
      Recorder recorder,
      LatencyProfile latency,
      SchedulerConfiguration configuration) {
    ApiClient client =
        new ApiClient(
            "kube-scheduler", simulation, store, latency.apiRequest(), latency.schedulerLimits());
    InformerFactory informers = new InformerFactory(store, latency.watchDelayNanos());
    return start(simulation, client, informers, recorder, latency, configuration);
  }

  /** Starts a scheduler with a client and watches of its own. */
  static Scheduler start(
      Simulation simulation,
      ApiClient client,
      InformerFactory informers,
      Recorder recorder,
      LatencyProfile latency,
      SchedulerConfiguration configuration) {
    Scheduler scheduler =
        new Scheduler(
            new ComponentContext(
                simulation, client, informers, simulation.random("scheduler"), recorder, latency),
            configuration);
    informers.start();
    scheduler.start();
    return scheduler;
  }
}
