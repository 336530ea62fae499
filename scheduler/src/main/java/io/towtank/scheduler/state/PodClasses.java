package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntIterator;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the pods on rows: how many pods of which class each row has, on which rows each
 * class is, and which classes a selector or a term may be about. So a rule about few pods costs
 * little however many pods and nodes there are.
 *
 * <p>A class has a number from its first pod on a row to its last. Then all that is known of it is
 * forgotten and the number is given out again: a cluster through which a million templates pass
 * costs what is in it.
 */
public final class PodClasses {
  /** In {@link #ofRow}: the class's number, how many pods, and its row's index in the class. */
  public static final int STRIDE = 3;

  private static final int COUNT = 1;
  private static final int INDEX = 2;

  private record Key(LabelClass labels, AffinityTerms terms, boolean terminating) {}

  private final Map<Key, PodClass> known = new HashMap<>();
  private final List<@Nullable PodClass> byId = new ArrayList<>();
  private final IntArrayList freeIds = new IntArrayList();
  private final ChangeLog changes = new ChangeLog();
  private final Map<String, PodLabelIndex> byLabel = new HashMap<>();
  private final Map<AffinityTerms.Kind, TermIndex> terms = new EnumMap<>(AffinityTerms.Kind.class);
  private long termsGeneration;
  private int[][] classesOfRow = new int[0][];

  PodClasses() {
    for (AffinityTerms.Kind kind : AffinityTerms.Kind.values()) {
      terms.put(kind, new TermIndex());
    }
  }

  // What there is

  /** How many classes have pods on rows. */
  public int size() {
    return known.size();
  }

  /** One more than the highest number that is or was in use. */
  public int bound() {
    return byId.size();
  }

  /** The class of a number that is in use. */
  public PodClass get(int id) {
    return Objects.requireNonNull(byId.get(id));
  }

  /** How many entries there are in indexes. */
  int indexed() {
    return byLabel.values().stream().mapToInt(PodLabelIndex::size).sum()
        + terms.values().stream().mapToInt(TermIndex::size).sum();
  }

  /** Whether a number is in use. */
  public boolean isUsed(int id) {
    return byId.get(id) != null;
  }

  /** The numbers that were given out, in order; each may have been taken back since. */
  public ChangeLog changes() {
    return changes;
  }

  /**
   * The classes of a row's pods in groups of {@link #STRIDE}: a class's number and how many pods
   * are of it come first; up to a group whose count is 0, or the end. The array must not be changed
   * or kept.
   */
  public int[] ofRow(int row) {
    return row < classesOfRow.length ? classesOfRow[row] : IntArrays.EMPTY_ARRAY;
  }

  /** Tells the classes whose pods a selector may select: all that it does select, and others. */
  public void candidates(PodSelector selector, IntConsumer consumer) {
    if (selector.selectsNothing()) {
      return;
    }
    String label = mostTelling(selector);
    if (label == null) {
      for (int id = 0; id < byId.size(); id++) {
        if (byId.get(id) != null) {
          consumer.accept(id);
        }
      }
      return;
    }
    String value = Objects.requireNonNull(selector.requiredLabels().get(label));
    for (String namespace : selector.namespaces()) {
      IntOpenHashSet classes = index(label).classes(namespace, value);
      if (classes != null) {
        for (IntIterator ids = classes.iterator(); ids.hasNext(); ) {
          consumer.accept(ids.nextInt());
        }
      }
    }
  }

  /** The label by which the fewest classes come into question; null where none helps. */
  private @Nullable String mostTelling(PodSelector selector) {
    if (selector.selectsNamespaces()) {
      return null;
    }
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (var label : selector.requiredLabels().entrySet()) {
      int count = 0;
      for (String namespace : selector.namespaces()) {
        IntOpenHashSet classes = index(label.getKey()).classes(namespace, label.getValue());
        count += classes == null ? 0 : classes.size();
      }
      if (count < fewest) {
        fewest = count;
        best = label.getKey();
      }
    }
    return best;
  }

  /** The index of a label; made when it is first asked for. */
  private PodLabelIndex index(String label) {
    PodLabelIndex index = byLabel.get(label);
    if (index == null) {
      index = new PodLabelIndex(label);
      byLabel.put(label, index);
      for (PodClass pods : byId) {
        if (pods != null) {
          index.add(pods);
        }
      }
    }
    return index;
  }

  /** Counts up when pods with other terms than before are on rows. */
  public long termsGeneration() {
    return termsGeneration;
  }

  /** Tells the terms of pods on rows that are about some pods. */
  public void termsAbout(
      LabelClass pods, AffinityTerms.Kind kind, Consumer<AffinityTerm> consumer) {
    index(kind).about(pods, consumer);
  }

  /** Tells the classes of pods that have a term. */
  public void withTerm(AffinityTerm term, AffinityTerms.Kind kind, IntConsumer consumer) {
    index(kind).owners(term, consumer);
  }

  private TermIndex index(AffinityTerms.Kind kind) {
    return Objects.requireNonNull(terms.get(kind));
  }

  // What changes it

  /** Counts a pod that comes to a row. */
  void add(int row, PodInfo info, boolean terminating) {
    PodClass pods = registered(info, terminating);
    if (row >= classesOfRow.length) {
      int before = classesOfRow.length;
      classesOfRow = Arrays.copyOf(classesOfRow, Math.max(row + 1, before * 2));
      Arrays.fill(classesOfRow, before, classesOfRow.length, IntArrays.EMPTY_ARRAY);
    }
    int[] groups = classesOfRow[row];
    int at = find(groups, pods.id);
    if (at == groups.length) {
      groups = Arrays.copyOf(groups, Math.max(2 * STRIDE, groups.length * 2));
      classesOfRow[row] = groups;
    }
    if (groups[at + COUNT]++ == 0) {
      groups[at] = pods.id;
      groups[at + INDEX] = pods.rowCount;
      if (pods.rowCount == pods.rows.length) {
        pods.rows = Arrays.copyOf(pods.rows, Math.max(2, pods.rowCount * 2));
      }
      pods.rows[pods.rowCount++] = row;
    }
  }

  /** Counts a pod that leaves a row. */
  void remove(int row, PodInfo info, boolean terminating) {
    PodClass pods = info.podClass(terminating);
    int[] groups = classesOfRow[row];
    int at = find(groups, pods.id);
    if (--groups[at + COUNT] > 0) {
      return;
    }
    int index = groups[at + INDEX];
    int moved = pods.rows[--pods.rowCount];
    if (moved != row) {
      pods.rows[index] = moved;
      int[] itsGroups = classesOfRow[moved];
      itsGroups[find(itsGroups, pods.id) + INDEX] = index;
    }
    int last = at;
    while (last + STRIDE < groups.length && groups[last + STRIDE + COUNT] != 0) {
      last += STRIDE;
    }
    System.arraycopy(groups, last, groups, at, STRIDE);
    groups[last + COUNT] = 0;
    if (pods.rowCount == 0) {
      forget(pods);
    }
  }

  /** Where a class is among the groups of a row; the first free place where it is not. */
  static int find(int[] groups, int id) {
    int at = 0;
    while (at < groups.length && groups[at + COUNT] != 0 && groups[at] != id) {
      at += STRIDE;
    }
    return at;
  }

  private PodClass registered(PodInfo info, boolean terminating) {
    PodClass its = info.podClass(terminating);
    if (its.id != PodClass.NO_NUMBER) {
      return its;
    }
    PodClass same = known.putIfAbsent(new Key(its.labels(), its.terms(), terminating), its);
    if (same != null) {
      info.setPodClass(same);
      return same;
    }
    its.id = freeIds.isEmpty() ? byId.size() : freeIds.popInt();
    if (its.id == byId.size()) {
      byId.add(its);
    } else {
      byId.set(its.id, its);
    }
    changes.add(its.id);
    for (String label : its.labels().labels().keySet()) {
      PodLabelIndex index = byLabel.get(label);
      if (index != null) {
        index.add(its);
      }
    }
    for (AffinityTerms.Kind kind : AffinityTerms.Kind.values()) {
      for (AffinityTerm term : its.terms().of(kind)) {
        if (index(kind).add(term, its.id)) {
          termsGeneration++;
        }
      }
    }
    return its;
  }

  private void forget(PodClass pods) {
    known.remove(new Key(pods.labels(), pods.terms(), pods.terminating()));
    for (String label : pods.labels().labels().keySet()) {
      PodLabelIndex index = byLabel.get(label);
      if (index != null) {
        index.remove(pods);
      }
    }
    for (AffinityTerms.Kind kind : AffinityTerms.Kind.values()) {
      for (AffinityTerm term : pods.terms().of(kind)) {
        if (index(kind).remove(term, pods.id)) {
          termsGeneration++;
        }
      }
    }
    byId.set(pods.id, null);
    freeIds.push(pods.id);
    pods.id = PodClass.NO_NUMBER;
    pods.rows = IntArrays.EMPTY_ARRAY;
  }
}
