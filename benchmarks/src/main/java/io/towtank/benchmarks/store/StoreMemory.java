package io.towtank.benchmarks.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.store.ApiStore;
import io.towtank.store.Selection;
import io.towtank.time.Simulation;
import java.lang.ref.Reference;
import java.util.Locale;

/**
 * How much heap running pods take in the store, with its indexes by node, labels and owner.
 *
 * <p>{@code java -XX:+UseCompactObjectHeaders -cp benchmarks/target/benchmarks.jar
 * io.towtank.benchmarks.store.StoreMemory [PODS]}
 */
public final class StoreMemory {
  private static final int REPLICA_SETS = 1000;
  private static final int PODS_PER_NODE = 10;
  private static final int STARTS_PER_SECOND = 1000;
  private static final long SECOND = 1_000_000_000L;

  private StoreMemory() {}

  /** Prints bytes a pod; the argument is the number of pods, a million where there is none. */
  public static void main(String[] args) {
    int pods = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
    System.out.println(measure(pods));
  }

  /** Fills a store, and measures it. */
  static Result measure(int pods) {
    Simulation simulation = new Simulation(1, Fleet.START_NANOS);
    ApiStore store = new ApiStore(simulation, ImmutableList.of());
    Fleet fleet = new Fleet(store, simulation, REPLICA_SETS, Math.max(1, pods / PODS_PER_NODE));
    store.addIndex(Kinds.POD, "owner", pod -> pod.metadata().ownerReferences().getFirst().uid());
    long before = used();
    for (int i = 0; i < pods; i++) {
      if (i % STARTS_PER_SECOND == 0) {
        simulation.step(simulation.nanos() + SECOND);
      }
      fleet.run(fleet.bind(fleet.create()));
    }
    // The other indexes are made when they are first asked.
    int[] found = {0};
    store.forEach(Kinds.POD, Selection.byField("spec.nodeName", "node-00000"), pod -> found[0]++);
    Selector first =
        Selector.of(
            LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", "app-0")).build());
    store.forEach(Kinds.POD, Selection.byLabels("default", first), (Pod pod) -> found[0]++);
    try {
      return new Result(pods, used() - before, found[0]);
    } finally {
      Reference.reachabilityFence(store);
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /**
   * What was measured.
   *
   * @param found how many pods the two indexes told, so that nothing is optimised away
   */
  record Result(int pods, long bytes, int found) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d running pods of %,d ReplicaSets: %.1f MB, %d bytes a pod",
          pods,
          REPLICA_SETS,
          bytes / 1e6,
          bytes / pods);
    }
  }
}
