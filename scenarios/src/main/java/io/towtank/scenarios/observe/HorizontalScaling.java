package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.api.ObjectKey;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What horizontal pod autoscalers decided.
 *
 * <p>An autoscaler looks at its workload thousands of times a day: kept are those decisions that
 * changed something, and of these the first and the last where they are many; the others are
 * counted, and make up its course.
 */
public final class HorizontalScaling implements Consumer<ReplicaDecision> {
  private static final int KEPT_EACH_SIDE = 50;

  private final Map<ObjectKey, Kept> autoscalers = new LinkedHashMap<>();

  /**
   * What an autoscaler did.
   *
   * @param name namespace/name
   * @param target the workload, as in {@code Deployment/shop}
   * @param looks how often it looked
   * @param scaledUp how often it added replicas
   * @param scaledDown how often it took some away
   * @param turns how often it went the other way than the time before
   * @param least the fewest replicas that it saw
   * @param most the most replicas that it saw
   * @param held how often recommendations of late held it back
   * @param limited how often a policy or a bound limited it
   * @param failed how often it could not decide, or not do what it had decided
   * @param decisions those that changed something, in their order
   * @param leftOut how many more of these there were, between the first and the last
   * @param binNanos how long a bin of the history is
   * @param replicas at the end of each bin
   * @param load how much of its target the metric was that called for most, on average, a bin
   */
  public record Autoscaler(
      String name,
      String target,
      long looks,
      long scaledUp,
      long scaledDown,
      long turns,
      int least,
      int most,
      long held,
      long limited,
      long failed,
      ImmutableList<ReplicaDecision> decisions,
      long leftOut,
      long binNanos,
      ImmutableDoubleArray replicas,
      ImmutableDoubleArray load) {}

  private static final class Kept {
    private final List<ReplicaDecision> first = new ArrayList<>();
    private final ArrayDeque<ReplicaDecision> last = new ArrayDeque<>();
    private final Course course = new Course();
    private String target = "";
    private long looks;
    private long up;
    private long down;
    private long turns;
    private int direction;
    private int least = Integer.MAX_VALUE;
    private int most;
    private long held;
    private long limited;
    private long failed;
    private long leftOut;
  }

  /** Replicas and load over time, in bins of equal length that become longer as time goes on. */
  private static final class Course {
    private static final int ROOM = 240;

    private final double[] replicas = new double[ROOM];
    private final double[] load = new double[ROOM];
    private final int[] loads = new int[ROOM];
    private long binNanos = 15_000_000_000L;
    private int bins;

    Course() {
      Arrays.fill(replicas, -1);
    }

    void add(ReplicaDecision decision) {
      while (decision.atNanos() / binNanos >= ROOM) {
        halve();
      }
      int bin = (int) (decision.atNanos() / binNanos);
      bins = Math.max(bins, bin + 1);
      replicas[bin] = decision.desired();
      ReplicaDecision.Metric leading = leading(decision);
      if (leading != null) {
        load[bin] += leading.ratio();
        loads[bin]++;
      }
    }

    private static ReplicaDecision.@Nullable Metric leading(ReplicaDecision decision) {
      ReplicaDecision.Metric leading = null;
      for (ReplicaDecision.Metric metric : decision.metrics()) {
        if (metric.problem().isEmpty()
            && (leading == null || metric.replicas() > leading.replicas())) {
          leading = metric;
        }
      }
      return leading;
    }

    private void halve() {
      for (int i = 0; i < ROOM / 2; i++) {
        int a = 2 * i;
        replicas[i] = replicas[a + 1] < 0 ? replicas[a] : replicas[a + 1];
        load[i] = load[a] + load[a + 1];
        loads[i] = loads[a] + loads[a + 1];
      }
      Arrays.fill(replicas, ROOM / 2, ROOM, -1);
      Arrays.fill(load, ROOM / 2, ROOM, 0);
      Arrays.fill(loads, ROOM / 2, ROOM, 0);
      bins = (bins + 1) / 2;
      binNanos *= 2;
    }

    /** What was before where nobody looked, and before the first look what that saw. */
    ImmutableDoubleArray replicas() {
      ImmutableDoubleArray.Builder all = ImmutableDoubleArray.builder(bins);
      double before = Arrays.stream(replicas).filter(known -> known >= 0).findFirst().orElse(0);
      for (int i = 0; i < bins; i++) {
        before = replicas[i] < 0 ? before : replicas[i];
        all.add(before);
      }
      return all.build();
    }

    ImmutableDoubleArray load() {
      ImmutableDoubleArray.Builder all = ImmutableDoubleArray.builder(bins);
      double before = 0;
      for (int i = 0; i < bins; i++) {
        before = loads[i] == 0 ? (replicas[i] < 0 ? before : 0) : load[i] / loads[i];
        all.add(before);
      }
      return all.build();
    }
  }

  @Override
  public void accept(ReplicaDecision decision) {
    Kept kept = autoscalers.computeIfAbsent(decision.autoscaler(), key -> new Kept());
    kept.target = decision.target();
    kept.looks++;
    kept.least = Math.min(kept.least, Math.min(decision.current(), decision.desired()));
    kept.most = Math.max(kept.most, Math.max(decision.current(), decision.desired()));
    kept.held += decision.held().isEmpty() ? 0 : 1;
    kept.limited += decision.limited().isEmpty() ? 0 : 1;
    kept.failed += decision.problem().isEmpty() ? 0 : 1;
    kept.course.add(decision);
    if (!decision.changes()) {
      return;
    }
    int direction = Integer.signum(decision.desired() - decision.current());
    kept.up += direction > 0 ? 1 : 0;
    kept.down += direction < 0 ? 1 : 0;
    kept.turns += kept.direction != 0 && direction != kept.direction ? 1 : 0;
    kept.direction = direction;
    if (kept.first.size() < KEPT_EACH_SIDE) {
      kept.first.add(decision);
      return;
    }
    if (kept.last.size() == KEPT_EACH_SIDE) {
      kept.last.removeFirst();
      kept.leftOut++;
    }
    kept.last.addLast(decision);
  }

  /** What each autoscaler did, in the order of their first looks. */
  public ImmutableList<Autoscaler> autoscalers() {
    ImmutableList.Builder<Autoscaler> all = ImmutableList.builder();
    autoscalers.forEach((key, kept) ->
        all.add(
            new Autoscaler(
                key.toString(),
                kept.target,
                kept.looks,
                kept.up,
                kept.down,
                kept.turns,
                kept.least,
                kept.most,
                kept.held,
                kept.limited,
                kept.failed,
                ImmutableList.<ReplicaDecision>builder()
                    .addAll(kept.first)
                    .addAll(kept.last)
                    .build(),
                kept.leftOut,
                kept.course.binNanos,
                kept.course.replicas(),
                kept.course.load())));
    return all.build();
  }
}
