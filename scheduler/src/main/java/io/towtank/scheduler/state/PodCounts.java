package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import it.unimi.dsi.fastutil.ints.Int2LongMap;
import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntIterator;
import java.util.function.IntConsumer;

/**
 * What the pods of each row count for in a rule, which weighs their classes. Only classes that
 * count for something are kept.
 */
public final class PodCounts {
  /** What a rule counts. */
  public interface Weight {
    /** What one pod of a class counts for. */
    long of(PodClass pods);

    /** Tells all classes on rows that may count for something. */
    void candidates(PodClasses classes, IntConsumer consumer);
  }

  private static final int NONE = -1;

  private final PodClasses classes;
  private final Weight weight;
  private final Int2LongOpenHashMap weights = new Int2LongOpenHashMap(2);
  // Mostly one class counts for something.
  private int only;
  private long weightOfOnly;
  private int lastRow = NONE;
  private long ofLastRow;
  private long readUpTo = -1;

  /** Counts of which nothing is known yet. */
  public PodCounts(ClusterState state, Weight weight) {
    this.classes = state.podClasses();
    this.weight = weight;
  }

  /** Each pod that a selector selects counts 1, unless it is being deleted. */
  public static PodCounts selectedBy(ClusterState state, PodSelector selector) {
    return new PodCounts(
        state,
        new Weight() {
          @Override
          public long of(PodClass pods) {
            return !pods.terminating() && selector.matches(pods.labels()) ? 1 : 0;
          }

          @Override
          public void candidates(PodClasses all, IntConsumer consumer) {
            all.candidates(selector, consumer);
          }
        });
  }

  /** Each pod that several selectors select counts 1. */
  public static PodCounts selectedByAll(ClusterState state, ImmutableList<PodSelector> selectors) {
    return new PodCounts(
        state,
        new Weight() {
          @Override
          public long of(PodClass pods) {
            for (int i = 0; i < selectors.size(); i++) {
              if (!selectors.get(i).matches(pods.labels())) {
                return 0;
              }
            }
            return 1;
          }

          @Override
          public void candidates(PodClasses all, IntConsumer consumer) {
            all.candidates(selectors.getFirst(), consumer);
          }
        });
  }

  /**
   * Weighs the classes that came since last time.
   *
   * @param anew whether weights are void
   */
  public void catchUp(boolean anew) {
    lastRow = NONE;
    ChangeLog changes = classes.changes();
    if (!anew && readUpTo == changes.end()) {
      return;
    }
    if (anew || readUpTo < changes.start()) {
      weights.clear();
      weight.candidates(classes, this::weigh);
    } else {
      for (long at = readUpTo; at < changes.end(); at++) {
        weigh(changes.row(at));
      }
    }
    readUpTo = changes.end();
    only = NONE;
    if (weights.size() == 1) {
      Int2LongMap.Entry one = weights.int2LongEntrySet().iterator().next();
      only = one.getIntKey();
      weightOfOnly = one.getLongValue();
    }
  }

  private void weigh(int podClass) {
    long its = classes.isUsed(podClass) ? weight.of(classes.get(podClass)) : 0;
    if (its == 0) {
      weights.remove(podClass);
    } else {
      weights.put(podClass, its);
    }
  }

  /** What the pods of a row count for; to be asked before anything changes after a catch-up. */
  public long of(int row) {
    if (weights.isEmpty()) {
      return 0;
    }
    if (row != lastRow) {
      ofLastRow = sum(row);
      lastRow = row;
    }
    return ofLastRow;
  }

  private long sum(int row) {
    int[] groups = classes.ofRow(row);
    if (only != NONE) {
      int at = PodClasses.find(groups, only);
      return at < groups.length ? weightOfOnly * groups[at + 1] : 0;
    }
    long sum = 0;
    for (int i = 0; i < groups.length && groups[i + 1] != 0; i += PodClasses.STRIDE) {
      sum += weights.get(groups[i]) * groups[i + 1];
    }
    return sum;
  }

  /** Tells the rows with pods that count for something; some more than once. */
  public void rows(IntConsumer consumer) {
    for (IntIterator ids = weights.keySet().iterator(); ids.hasNext(); ) {
      int podClass = ids.nextInt();
      if (classes.isUsed(podClass)) {
        PodClass pods = classes.get(podClass);
        for (int i = 0; i < pods.rows(); i++) {
          consumer.accept(pods.row(i));
        }
      }
    }
  }
}
