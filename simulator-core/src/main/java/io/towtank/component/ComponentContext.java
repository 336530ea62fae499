package io.towtank.component;

import io.towtank.client.ApiClient;
import io.towtank.client.InformerSource;
import io.towtank.latency.LatencyProfile;
import io.towtank.metrics.MetricsApi;
import io.towtank.record.Recorder;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;

/**
 * All that a component gets: it knows the rest of the cluster only through this.
 *
 * @param informers its informers; controllers share theirs, as in kube-controller-manager
 * @param metrics what the metrics APIs of the cluster answer
 */
public record ComponentContext(
    Simulation simulation,
    ApiClient client,
    InformerSource informers,
    RandomStream random,
    Recorder recorder,
    LatencyProfile latency,
    MetricsApi metrics) {
  /** That of a component in a cluster in which nobody serves metrics. */
  public ComponentContext(
      Simulation simulation,
      ApiClient client,
      InformerSource informers,
      RandomStream random,
      Recorder recorder,
      LatencyProfile latency) {
    this(simulation, client, informers, random, recorder, latency, MetricsApi.NONE);
  }
}
