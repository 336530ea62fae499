package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.scenarios.report.ReportData.NodeCell;
import io.towtank.scheduler.state.PodRequests;
import io.towtank.scheduler.state.Resources;
import io.towtank.store.CommitListener;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of what each node offers is requested by the pods on it, kept up to date write by write,
 * with mean and standard deviation over all nodes at any time. A write costs the same however many
 * nodes and pods there are.
 *
 * <p>A pod counts from its binding until it ends or is deleted, as the scheduler counts it.
 */
public final class NodeShares implements CommitListener {
  private static final String ZONE = "topology.kubernetes.io/zone";

  private final Resources resources = new Resources();
  // Looked up by identity and never iterated: pods of one template share their spec.
  private final IdentityHashMap<PodSpec, long[]> requestsOfSpecs = new IdentityHashMap<>();
  private final Object2IntOpenHashMap<String> numbers = new Object2IntOpenHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private Sums[] sums = new Sums[0];
  private long nodes;
  private long nodesReady;

  /** A node, or the name of one on which pods are said to be. */
  private static final class Row {
    private final String name;
    private @Nullable Node node;
    private long[] allocatable = new long[0];
    private long[] requested = new long[0];
    private long pods;

    Row(String name) {
      this.name = name;
    }

    double share(int resource) {
      long offered = resource < allocatable.length ? allocatable[resource] : 0;
      long asked = resource < requested.length ? requested[resource] : 0;
      return offered == 0 ? 0 : (double) asked / offered;
    }

    boolean offers(int resource) {
      return resource < allocatable.length && allocatable[resource] > 0;
    }
  }

  /** Over all nodes that offer a resource. */
  private static final class Sums {
    private long nodes;
    private double shares;
    private double squares;

    void add(Row row, int resource, int sign) {
      if (row.offers(resource)) {
        double share = row.share(resource);
        nodes += sign;
        shares += sign * share;
        squares += sign * share * share;
      }
    }
  }

  /** Of an empty cluster. */
  public NodeShares() {
    numbers.defaultReturnValue(-1);
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    switch (current != null ? current : previous) {
      case Pod pod -> podCommitted((Pod) previous, (Pod) current);
      case Node node -> nodeCommitted(node, (Node) current);
      case null, default -> {}
    }
  }

  private void podCommitted(@Nullable Pod previous, @Nullable Pod current) {
    String before = carrier(previous);
    String after = carrier(current);
    if (before == null ? after == null : before.equals(after)) {
      return;
    }
    if (previous != null && before != null) {
      count(row(before), requests(previous.spec()), -1);
    }
    if (current != null && after != null) {
      count(row(after), requests(current.spec()), 1);
    }
  }

  /** The node on which a pod takes room, null where it takes none. */
  private static @Nullable String carrier(@Nullable Pod pod) {
    return pod == null || pod.status().phase().isTerminal() ? null : pod.nodeName();
  }

  private void count(Row row, long[] requests, int sign) {
    row.pods += sign;
    if (requests.length > row.requested.length) {
      row.requested = Arrays.copyOf(row.requested, requests.length);
    }
    for (int i = 0; i < requests.length; i++) {
      if (requests[i] == 0) {
        continue;
      }
      sums(i).add(row, i, -1);
      row.requested[i] += sign * requests[i];
      sums(i).add(row, i, 1);
    }
  }

  private void nodeCommitted(Node node, @Nullable Node current) {
    Row row = row(node.name());
    for (int i = 0; i < row.allocatable.length; i++) {
      sums(i).add(row, i, -1);
    }
    nodes += (current == null ? 0 : 1) - (row.node == null ? 0 : 1);
    nodesReady += isReady(current) - isReady(row.node);
    row.node = current;
    row.allocatable =
        current == null ? new long[0] : resources.amounts(current.status().allocatable());
    for (int i = 0; i < row.allocatable.length; i++) {
      sums(i).add(row, i, 1);
    }
  }

  private Row row(String name) {
    int number = numbers.getInt(name);
    if (number < 0) {
      numbers.put(name, rows.size());
      rows.add(new Row(name));
      return rows.getLast();
    }
    return rows.get(number);
  }

  private Sums sums(int resource) {
    while (resource >= sums.length) {
      sums = Arrays.copyOf(sums, sums.length + 1);
      sums[sums.length - 1] = new Sums();
    }
    return sums[resource];
  }

  private long[] requests(PodSpec spec) {
    return requestsOfSpecs.computeIfAbsent(spec, s -> PodRequests.of(s, resources));
  }

  /** How many resources nodes have offered or pods requested; they are numbered from 0. */
  public int resources() {
    return sums.length;
  }

  /** The name of a resource's number, as in {@code cpu}. */
  public String resource(int number) {
    return resources.name(number);
  }

  /** The mean of the shares of all nodes that offer a resource, from 0 to 1. */
  public double mean(int resource) {
    Sums sum = sums(resource);
    return sum.nodes == 0 ? 0 : sum.shares / sum.nodes;
  }

  /** The standard deviation of these shares. */
  public double deviation(int resource) {
    Sums sum = sums(resource);
    if (sum.nodes == 0) {
      return 0;
    }
    double mean = sum.shares / sum.nodes;
    // Rounding may leave a little less than nothing.
    return Math.sqrt(Math.max(0, sum.squares / sum.nodes - mean * mean));
  }

  /** How many nodes there are whose condition Ready is True. */
  public long nodesReady() {
    return nodesReady;
  }

  /** How many nodes there are besides. */
  public long nodesNotReady() {
    return nodes - nodesReady;
  }

  /** All nodes there are now, in order of zone and name. */
  public ImmutableList<NodeCell> nodes() {
    List<NodeCell> cells = new ArrayList<>();
    for (Row row : rows) {
      if (row.node != null) {
        cells.add(
            new NodeCell(
                row.name,
                row.node.metadata().labels().getOrDefault(ZONE, ""),
                row.share(Resources.CPU),
                row.share(Resources.MEMORY),
                row.pods,
                isReady(row.node) == 1));
      }
    }
    cells.sort(Comparator.comparing(NodeCell::zone).thenComparing(NodeCell::name));
    return ImmutableList.copyOf(cells);
  }

  private static int isReady(@Nullable Node node) {
    return node != null && node.readiness() == ConditionStatus.TRUE ? 1 : 0;
  }
}
