package io.towtank.controllers.job;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Completion indexes in intervals, as a Job's status writes them: {@code 0,2-4,7,8}
 * (pkg/controller/job: indexed_job_utils.go). 100,000 indexes of which most are done cost a few
 * numbers.
 */
final class Indexes {
  /** No index. */
  static final Indexes NONE = new Indexes(new int[0]);

  // First and last of each interval, in order; between two intervals is a gap.
  private final int[] ends;

  private Indexes(int[] ends) {
    this.ends = ends;
  }

  /**
   * Reads intervals; those that cannot be read are left out.
   *
   * @param completions indexes from here on are left out
   */
  static Indexes parse(@Nullable String text, int completions) {
    if (text == null || text.isEmpty()) {
      return NONE;
    }
    Collector collector = new Collector();
    int from = 0;
    while (from <= text.length()) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      String part = text.substring(from, to);
      from = to + 1;
      int dash = part.indexOf('-');
      int first = number(dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : number(part.substring(dash + 1));
      if (first >= completions) {
        break;
      }
      if (first >= 0 && last >= first) {
        collector.add(first, Math.min(last, completions - 1));
      }
    }
    return collector.collect();
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Of single indexes, in any order. */
  static Indexes of(int[] indexes) {
    int[] sorted = indexes.clone();
    Arrays.sort(sorted);
    Collector collector = new Collector();
    for (int index : sorted) {
      collector.add(index, index);
    }
    return collector.collect();
  }

  /** These and others. */
  Indexes plus(Indexes others) {
    if (others.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return others;
    }
    Collector collector = new Collector();
    int i = 0;
    int j = 0;
    while (i < ends.length || j < others.ends.length) {
      if (j == others.ends.length || (i < ends.length && ends[i] < others.ends[j])) {
        collector.add(ends[i], ends[i + 1]);
        i += 2;
      } else {
        collector.add(others.ends[j], others.ends[j + 1]);
        j += 2;
      }
    }
    return collector.collect();
  }

  /** How many there are. */
  int count() {
    int count = 0;
    for (int i = 0; i < ends.length; i += 2) {
      count += ends[i + 1] - ends[i] + 1;
    }
    return count;
  }

  /** How many of these are among others. */
  int countIn(Indexes others) {
    int count = 0;
    int j = 0;
    for (int i = 0; i < ends.length; i += 2) {
      while (j < others.ends.length && others.ends[j + 1] < ends[i]) {
        j += 2;
      }
      for (int k = j; k < others.ends.length && others.ends[k] <= ends[i + 1]; k += 2) {
        count += Math.min(ends[i + 1], others.ends[k + 1]) - Math.max(ends[i], others.ends[k]) + 1;
      }
    }
    return count;
  }

  boolean isEmpty() {
    return ends.length == 0;
  }

  boolean contains(int index) {
    int low = 0;
    int high = ends.length / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[2 * middle + 1] >= index) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return 2 * low < ends.length && ends[2 * low] <= index;
  }

  /**
   * The lowest indexes that are not among these.
   *
   * @param most so many at most
   * @param completions and lower than this
   */
  int[] missing(int most, int completions) {
    int[] missing = new int[Math.max(0, Math.min(most, completions))];
    int found = 0;
    int candidate = 0;
    for (int i = 0; i <= ends.length && found < missing.length; i += 2) {
      int next = i == ends.length ? completions : Math.min(ends[i], completions);
      for (; candidate < next && found < missing.length; candidate++) {
        missing[found++] = candidate;
      }
      if (i < ends.length) {
        candidate = Math.max(candidate, ends[i + 1] + 1);
      }
    }
    return found == missing.length ? missing : Arrays.copyOf(missing, found);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Indexes indexes && Arrays.equals(ends, indexes.ends);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ends);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ends.length; i += 2) {
      if (i > 0) {
        text.append(',');
      }
      text.append(ends[i]);
      if (ends[i + 1] > ends[i]) {
        text.append(ends[i + 1] == ends[i] + 1 ? ',' : '-').append(ends[i + 1]);
      }
    }
    return text.toString();
  }

  /** Joins intervals that come in order of their first. */
  private static final class Collector {
    private int[] ends = new int[8];
    private int size;

    void add(int first, int last) {
      if (size > 0 && first <= ends[size - 1] + 1) {
        ends[size - 1] = Math.max(ends[size - 1], last);
        return;
      }
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, 2 * size);
      }
      ends[size++] = first;
      ends[size++] = last;
    }

    Indexes collect() {
      return size == 0 ? NONE : new Indexes(Arrays.copyOf(ends, size));
    }
  }
}
