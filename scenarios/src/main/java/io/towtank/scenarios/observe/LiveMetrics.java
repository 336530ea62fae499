package io.towtank.scenarios.observe;

import io.towtank.adapter.MetricsAdapter;
import io.towtank.api.PodPhase;
import io.towtank.traffic.ServiceTraffic;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the metrics that can be read at any time by their names. */
public final class LiveMetrics {
  private static final String TRAFFIC = "traffic.";

  private static final String METRICS = "metrics.";

  private final ClusterGauges gauges;
  private final ServiceTraffic traffic;
  private final MetricsAdapter metrics;
  private final Map<String, DoubleSupplier> ofTraffic = new HashMap<>();

  /** The metrics of a cluster. */
  public LiveMetrics(ClusterGauges gauges, ServiceTraffic traffic, MetricsAdapter metrics) {
    this.gauges = gauges;
    this.traffic = traffic;
    this.metrics = metrics;
  }

  /** What tells a metric's value at any time; null where it is known only at the end. */
  public @Nullable DoubleSupplier find(String name) {
    return switch (name) {
      case "nodes" -> gauges::nodes;
      case "nodeStates.ready" -> gauges::nodesReady;
      case "nodeStates.notReady" -> () -> gauges.nodes() - gauges.nodesReady();
      case "nodeStates.cordoned" -> gauges::nodesCordoned;
      case "nodeStates.empty" -> gauges::nodesEmpty;
      case "pods.created" -> gauges::podsCreated;
      case "pods.pending" -> () -> gauges.pods(PodPhase.PENDING);
      case "pods.running" -> () -> gauges.pods(PodPhase.RUNNING);
      case "pods.ready" -> gauges::podsReady;
      case "pods.succeeded" -> () -> gauges.pods(PodPhase.SUCCEEDED);
      case "pods.failed" -> () -> gauges.pods(PodPhase.FAILED);
      case "pods.deleted" -> gauges::podsDeleted;
      case "deployments.total" -> gauges::deployments;
      case "deployments.available" -> gauges::deploymentsAvailable;
      case "deployments.complete" -> gauges::deploymentsComplete;
      default ->
          name.startsWith(TRAFFIC)
              ? ofTraffic(name)
              : name.startsWith(METRICS)
                  ? () -> metrics.last(name.substring(METRICS.length())).orElse(0)
                  : utilization(name);
    };
  }

  /** {@code traffic.shop.now.rate}, or of another namespace {@code traffic.team/shop.now.rate}. */
  private @Nullable DoubleSupplier ofTraffic(String name) {
    DoubleSupplier known = ofTraffic.get(name);
    int now = name.lastIndexOf(".now.");
    if (known == null && now > TRAFFIC.length()) {
      String service = name.substring(TRAFFIC.length(), now);
      known = traffic.live(service, name.substring(now + ".now.".length()));
      if (known == null) {
        known = traffic.live("default/" + service, name.substring(now + ".now.".length()));
      }
      if (known != null) {
        ofTraffic.put(name, known);
      }
    }
    return known;
  }

  private @Nullable DoubleSupplier utilization(String name) {
    String prefix = "utilization.";
    int last = name.lastIndexOf('.');
    if (!name.startsWith(prefix) || last <= prefix.length()) {
      return null;
    }
    String resource = name.substring(prefix.length(), last);
    double unit = unit(resource);
    return switch (name.substring(last + 1)) {
      case "requested" -> () -> gauges.requested(resource) * unit;
      case "allocatable" -> () -> gauges.allocatable(resource) * unit;
      case "share" -> () -> gauges.share(resource);
      default -> null;
    };
  }

  /** What one of the counted units of a resource is: cpu is counted in thousandths. */
  public static double unit(String resource) {
    return resource.equals("cpu") ? 0.001 : 1;
  }
}
