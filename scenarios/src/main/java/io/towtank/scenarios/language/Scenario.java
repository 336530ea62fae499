package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.api.Node;
import io.towtank.api.Timestamps;
import io.towtank.autoscaler.ClusterAutoscalerOptions;
import io.towtank.controllers.ControllerOptions;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.ManifestDocument;
import io.towtank.node.BehaviourRule;
import io.towtank.node.EvictionOptions;
import io.towtank.node.ImageSizes;
import io.towtank.node.NodePool;
import io.towtank.scenarios.expression.Expectation;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.stage.Stage;
import io.towtank.store.admission.ApiServerOptions;
import io.towtank.traffic.ServiceDemand;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, what happens to it, and what is expected of it: all that a run depends on.
 *
 * @param seed from which all that is random is derived
 * @param startEpochNanos the date at which virtual time starts, nanoseconds since 1970
 * @param apiServer how the API server is set up
 * @param autoscaling of the node pools that a cloud makes larger and smaller, if there are any
 * @param schedulerConfiguration the scheduler's, null for its defaults
 * @param eviction when kubelets evict pods because their nodes run short
 * @param storeEvents whether Kubernetes events are stored as objects, and not only counted
 * @param objects what is created when the run starts, in this order
 * @param behaviours what containers do
 * @param stages by which pods and nodes change by themselves
 * @param traffic the requests that come to services
 * @param metrics what autoscalers are told
 * @param timeline what happens later, in the order of the file
 */
@RecordBuilder
public record Scenario(
    String name,
    String description,
    long seed,
    long startEpochNanos,
    Cluster cluster,
    ApiServerOptions apiServer,
    ClusterAutoscalerOptions autoscaling,
    @Nullable SchedulerConfiguration schedulerConfiguration,
    LatencyProfile latency,
    ControllerChoice controllers,
    ControllerOptions controllerOptions,
    ImageSizes images,
    EvictionOptions eviction,
    boolean storeEvents,
    ImmutableList<ManifestDocument> objects,
    ImmutableList<BehaviourRule> behaviours,
    ImmutableList<Stage> stages,
    ImmutableList<Arrivals> arrivals,
    ImmutableList<ServiceDemand> traffic,
    Metrics metrics,
    ImmutableList<TimelineEntry> timeline,
    End end,
    ImmutableList<ExpectationEntry> expectations) {
  /** The seed of a run of which nothing else is said. */
  public static final long DEFAULT_SEED = 1;

  /** When virtual time starts: 2026-01-01T00:00:00Z, in nanoseconds since 1970. */
  public static final long DEFAULT_START_NANOS = Timestamps.parse("2026-01-01T00:00:00Z");

  /** How many nodes a run has that is made of manifests alone and says no number. */
  public static final int DEFAULT_NODES = 3;

  /**
   * What manifests mean that come without a scenario: a small cluster in which they are applied, or
   * the nodes that are among them.
   */
  public static Scenario plain(String name, ImmutableList<ManifestDocument> objects) {
    boolean bringNodes = objects.stream().anyMatch(document -> document.object() instanceof Node);
    return new Scenario(
        name,
        "",
        DEFAULT_SEED,
        DEFAULT_START_NANOS,
        Cluster.of(NodePool.of(bringNodes ? 0 : DEFAULT_NODES)),
        ApiServerOptions.DEFAULT,
        ClusterAutoscalerOptions.DEFAULT,
        null,
        LatencyProfile.TYPICAL,
        ControllerChoice.ALL,
        ControllerOptions.DEFAULT,
        ImageSizes.DEFAULT,
        EvictionOptions.DEFAULT,
        false,
        objects,
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        Metrics.DEFAULT,
        ImmutableList.of(),
        End.DEFAULT,
        ImmutableList.of());
  }

  /**
   * An expectation of a scenario.
   *
   * @param because why it should hold, empty where nothing was said; shown where it does not
   */
  public record ExpectationEntry(Expectation expectation, String because) {}
}
