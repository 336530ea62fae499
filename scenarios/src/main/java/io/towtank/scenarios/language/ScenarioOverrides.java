package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.api.Node;
import io.towtank.node.NodePool;
import io.towtank.node.NodePoolBuilder;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.trace.Openb;
import io.towtank.scenarios.trace.TraceFormat;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a command line says besides the files. Null stands for nothing said.
 *
 * @param recursive whether directories are read with all that is below them
 * @param nodes how many nodes
 * @param nodeTemplate a manifest with one Node that they are like
 * @param traceFormat the format of a trace that is simulated
 * @param traceNodes the trace's nodes
 * @param tracePods the trace's pods
 * @param pluginFiles jars or directories with scheduler plugins
 */
@RecordBuilder
public record ScenarioOverrides(
    boolean recursive,
    @Nullable Integer nodes,
    @Nullable Path nodeTemplate,
    @Nullable Long seed,
    End.@Nullable Until until,
    @Nullable String traceFormat,
    @Nullable Path traceNodes,
    @Nullable Path tracePods,
    ImmutableList<Path> pluginFiles) {
  /** Nothing said. */
  public static final ScenarioOverrides NONE =
      new ScenarioOverrides(false, null, null, null, null, null, null, null, ImmutableList.of());

  public ScenarioOverrides {
    pluginFiles = pluginFiles == null ? ImmutableList.of() : pluginFiles;
  }

  /** A scenario with all that is said here. */
  Scenario applyTo(Scenario scenario, boolean plain) {
    ScenarioBuilder changed = ScenarioBuilder.builder(scenario);
    if (traceFormat != null) {
      trace(scenario, changed, plain);
    }
    if (nodes != null || nodeTemplate != null) {
      changed.cluster(cluster(changed.cluster(), plain));
    }
    if (seed != null) {
      changed.seed(seed);
    }
    if (until != null) {
      changed.end(new End(until, scenario.end().limitNanos()));
    }
    return changed.build();
  }

  private void trace(Scenario scenario, ScenarioBuilder changed, boolean plain) {
    try {
      TraceFormat.parse(String.valueOf(traceFormat));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("--trace: " + e.getMessage());
    }
    if (tracePods == null) {
      throw new InvalidInputException("--trace needs --pods-file, the table of the trace's pods");
    }
    if (traceNodes == null && plain && nodes == null) {
      throw new InvalidInputException(
          "--trace needs --nodes-file, the table of the trace's nodes, or --nodes");
    }
    Cluster cluster = scenario.cluster();
    if (plain && nodes == null) {
      cluster = new Cluster(ImmutableList.of(), ImmutableList.of());
    }
    if (traceNodes != null) {
      cluster =
          new Cluster(
              cluster.pools(),
              ImmutableList.<Node>builder()
                  .addAll(cluster.nodes())
                  .addAll(Openb.readNodes(traceNodes))
                  .build());
    }
    changed.cluster(cluster);
    changed.arrivals(
        ImmutableList.<Arrivals>builder()
            .addAll(scenario.arrivals())
            .add(new Arrivals.Trace(Openb.readPods(tracePods)))
            .build());
  }

  private Cluster cluster(Cluster cluster, boolean plain) {
    if (nodes != null && (nodes < 0 || nodes > ClusterReader.MOST_NODES)) {
      throw new InvalidInputException(
          "--nodes " + nodes + " is not from 0 to " + ClusterReader.MOST_NODES);
    }
    if (cluster.pools().size() > 1) {
      throw new InvalidInputException(
          "--nodes and --node-template do not say which of the scenario's pools they mean: "
              + cluster.pools().stream().map(Cluster.Pool::name).collect(Collectors.joining(", ")));
    }
    if (nodes == null && !plain) {
      throw new InvalidInputException(
          "--node-template says what --nodes are like; in a scenario, say it in its pool");
    }
    Cluster.Pool pool =
        cluster.pools().isEmpty()
            ? new Cluster.Pool(Cluster.DEFAULT_POOL, NodePool.of(0))
            : cluster.pools().get(0);
    NodePoolBuilder changed = NodePoolBuilder.builder(pool.nodes());
    if (nodes != null) {
      changed.count(nodes);
    }
    if (nodeTemplate != null) {
      changed.template(ManifestSources.nodeTemplate(nodeTemplate));
    }
    return new Cluster(
        ImmutableList.of(
            new Cluster.Pool(pool.name(), changed.build(), pool.staticPods(), pool.group())),
        cluster.nodes());
  }
}
