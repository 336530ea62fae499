package io.towtank.scheduler;

import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.TemplateClasses;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Finds the nodes with the highest score among groups that are settled. */
final class BestNodes {
  private static final int FEW_TIES = 64;

  private final ClusterState state;
  private final NodeGroups groups;
  private final GroupScores scores;
  private int[] ties = new int[8];
  private int[] pending = new int[64];

  BestNodes(ClusterState state, NodeGroups groups, GroupScores scores) {
    this.state = state;
    this.groups = groups;
    this.scores = scores;
  }

  /** The score of a feasible node. */
  long total(int row) {
    int nodeClass = groups.classes().classOf(row);
    int group = groups.heaps().groupOf(nodeClass);
    if (group < 0 || !scores.isFeasible(group)) {
      throw new IllegalArgumentException("node " + state.name(row) + " is not feasible");
    }
    return scores.score(scores.place(group)) + groups.heaps().score(nodeClass);
  }

  /** The best node's row, of several the first; -1 where none is feasible. */
  int first() {
    ClassHeaps heaps = groups.heaps();
    int best = -1;
    long bestScore = Long.MIN_VALUE;
    for (int i = 0; i < scores.count(); i++) {
      int nodeClass = heaps.best(scores.group(i));
      int row = heaps.firstRow(nodeClass);
      long score = scores.score(i) + heaps.score(nodeClass);
      if (score > bestScore || (score == bestScore && row < best)) {
        best = row;
        bestScore = score;
      }
    }
    return best;
  }

  /**
   * One of the best nodes' rows, each as likely; -1 where none is feasible. Which one depends on
   * the numbers drawn and on which nodes tie, not on what is remembered.
   */
  int any(RandomGenerator random) {
    int first = first();
    if (first < 0) {
      return first;
    }
    long bestScore = total(first);
    int count = collectTies(bestScore, FEW_TIES);
    if (count <= FEW_TIES) {
      return count == 1 ? first : ofRank(random.nextInt(count), count);
    }
    // Of so many one is soon hit by chance, which takes neither counting nor sorting them.
    ClassHeaps heaps = groups.heaps();
    TemplateClasses classes = groups.classes();
    while (true) {
      int row = random.nextInt(state.rows());
      int nodeClass = classes.classOf(row);
      int group = heaps.groupOf(nodeClass);
      if (group >= 0
          && scores.isFeasible(group)
          && scores.score(scores.place(group)) + heaps.score(nodeClass) == bestScore) {
        return row;
      }
    }
  }

  /** The tie that has so many lower rows among the ties; they need not be sorted for that. */
  private int ofRank(int rank, int count) {
    int from = 0;
    int to = count - 1;
    while (from < to) {
      int pivot = ties[(from + to) >>> 1];
      int low = from;
      int high = to;
      while (low <= high) {
        while (ties[low] < pivot) {
          low++;
        }
        while (ties[high] > pivot) {
          high--;
        }
        if (low <= high) {
          int row = ties[low];
          ties[low++] = ties[high];
          ties[high--] = row;
        }
      }
      if (rank <= high) {
        to = high;
      } else if (rank >= low) {
        from = low;
      } else {
        break;
      }
    }
    return ties[rank];
  }

  /** The rows of all best nodes, in order: for explanations, since there may be many. */
  int[] all() {
    int first = first();
    if (first < 0) {
      return new int[0];
    }
    int count = collectTies(total(first), Integer.MAX_VALUE);
    int[] rows = Arrays.copyOf(ties, count);
    Arrays.sort(rows);
    return rows;
  }

  /**
   * Collects in {@link #ties} the rows with a score that none exceeds; in no particular order.
   *
   * @return how many there are, or more than {@code most} where there are more, not all collected
   */
  private int collectTies(long bestScore, int most) {
    ClassHeaps heaps = groups.heaps();
    int count = 0;
    for (int i = 0; i < scores.count() && count <= most; i++) {
      int group = scores.group(i);
      int wanted = (int) (bestScore - scores.score(i));
      count =
          heaps.isOrdered(group)
              ? collectOrdered(group, wanted, count, most)
              : collectUnordered(group, wanted, count, most);
    }
    return count;
  }

  private int collectUnordered(int group, int wanted, int before, int most) {
    ClassHeaps heaps = groups.heaps();
    int count = before;
    for (int i = 0; i < heaps.size(group) && count <= most; i++) {
      if (heaps.score(heaps.at(group, i)) == wanted) {
        count = collectRows(heaps.at(group, i), count, most);
      }
    }
    return count;
  }

  private int collectOrdered(int group, int wanted, int before, int most) {
    ClassHeaps heaps = groups.heaps();
    int count = before;
    int depth = 0;
    pending[depth++] = 0;
    while (depth > 0 && count <= most) {
      int index = pending[--depth];
      if (index >= heaps.size(group) || heaps.score(heaps.at(group, index)) != wanted) {
        continue;
      }
      count = collectRows(heaps.at(group, index), count, most);
      if (depth + 2 > pending.length) {
        pending = Arrays.copyOf(pending, depth * 2);
      }
      pending[depth++] = 2 * index + 1;
      pending[depth++] = 2 * index + 2;
    }
    return count;
  }

  private int collectRows(int nodeClass, int before, int most) {
    TemplateClasses classes = groups.classes();
    int size = classes.size(nodeClass);
    int count = before + size;
    if (count > most) {
      return count;
    }
    if (count > ties.length) {
      ties = Arrays.copyOf(ties, Math.max(count, ties.length * 2));
    }
    classes.copyRows(nodeClass, ties, before);
    return count;
  }
}
