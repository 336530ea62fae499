package io.towtank.scenarios.observe;

import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.PodSpec;
import io.towtank.scheduler.state.PodRequests;
import io.towtank.scheduler.state.Resources;
import io.towtank.store.ApiStore;
import io.towtank.store.Selection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What each node has to carry at one time. */
public final class NodeUse {
  private static final int DIGITS = 3;

  private final Resources resources = new Resources();
  private final long[] pods;
  private final long[][] requested;
  private final long[][] allocatable;

  private NodeUse(int nodes) {
    this.pods = new long[nodes];
    this.requested = new long[nodes][];
    this.allocatable = new long[nodes][];
  }

  /** What the nodes have to carry now. */
  public static NodeUse of(ApiStore store) {
    List<Node> nodes = store.list(Kinds.NODE);
    NodeUse use = new NodeUse(nodes.size());
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      numbers.put(nodes.get(i).name(), i);
      use.allocatable[i] = use.resources.amounts(nodes.get(i).status().allocatable());
      use.requested[i] = new long[0];
    }
    IdentityHashMap<PodSpec, long[]> requests = new IdentityHashMap<>();
    store.forEach(
        Kinds.POD,
        Selection.ALL,
        pod -> {
          Integer node = pod.nodeName() == null ? null : numbers.get(pod.nodeName());
          if (node != null && !pod.status().phase().isTerminal()) {
            use.add(
                node,
                requests.computeIfAbsent(pod.spec(), spec -> PodRequests.of(spec, use.resources)));
          }
        });
    return use;
  }

  private void add(int node, long[] amounts) {
    pods[node]++;
    if (amounts.length > requested[node].length) {
      requested[node] = Arrays.copyOf(requested[node], amounts.length);
    }
    for (int i = 0; i < amounts.length; i++) {
      requested[node][i] += amounts[i];
    }
  }

  /** How many pods are on a node; the durations' names stand for plain numbers here. */
  public Quantiles podsPerNode() {
    Histogram histogram = new Histogram(DIGITS);
    for (long count : pods) {
      histogram.recordValue(count);
    }
    return Quantiles.of(histogram);
  }

  /** How the share of a resource that is requested differs between the nodes that offer it. */
  public ResourceUse.Spread spread(String resource) {
    int number = resources.id(resource);
    double[] shares = new double[pods.length];
    int count = 0;
    for (int i = 0; i < pods.length; i++) {
      if (number < allocatable[i].length && allocatable[i][number] > 0) {
        long asked = number < requested[i].length ? requested[i][number] : 0;
        shares[count++] = (double) asked / allocatable[i][number];
      }
    }
    if (count == 0) {
      return ResourceUse.Spread.NONE;
    }
    Arrays.sort(shares, 0, count);
    double mean = Arrays.stream(shares, 0, count).sum() / count;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (shares[i] - mean) * (shares[i] - mean);
    }
    return new ResourceUse.Spread(
        shares[0],
        shares[(count - 1) / 2],
        shares[(int) Math.ceil(0.9 * count) - 1],
        shares[count - 1],
        Math.sqrt(squares / count));
  }
}
