package io.towtank.node;

import io.towtank.api.HostPort;
import io.towtank.api.Pod;
import io.towtank.api.Uid;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All pods that are on nodes, one a row, in columns: a million of them have to fit. A row is found
 * by the pod's uid; the rows of a node are linked, the newest last.
 */
final class PodTable {
  static final int NONE = -1;

  private static final int FIRST_CAPACITY = 64;

  @Nullable Pod[] pods = new Pod[FIRST_CAPACITY];
  @Nullable HollowKubelet[] nodes = new HollowKubelet[FIRST_CAPACITY];
  @Nullable PodPlan[] plans = new PodPlan[FIRST_CAPACITY];

  /** Who cares for the pod while something is about to happen to it; null while it just runs. */
  @Nullable PodWorker[] workers = new PodWorker[FIRST_CAPACITY];

  /** The pod's address, {@link PodIps#NONE} while it has none from its node. */
  int[] ips = new int[FIRST_CAPACITY];

  /** Whether the pod counts against what its node offers. */
  boolean[] reserved = new boolean[FIRST_CAPACITY];

  /** Whether the pod's containers have ended for good, and the API knows or will be told. */
  boolean[] ended = new boolean[FIRST_CAPACITY];

  private int[] next = new int[FIRST_CAPACITY];
  private int[] previous = new int[FIRST_CAPACITY];
  private int[] buckets = new int[2 * FIRST_CAPACITY];
  private int used;
  private int size;
  private int free = NONE;

  PodTable() {
    Arrays.fill(buckets, NONE);
  }

  /** How many pods there are. */
  int size() {
    return size;
  }

  /** The row of a pod, {@link #NONE} where it has none. */
  int find(Uid uid) {
    int at = home(uid);
    while (buckets[at] != NONE) {
      if (uid(buckets[at]).equals(uid)) {
        return buckets[at];
      }
      at = at + 1 & buckets.length - 1;
    }
    return NONE;
  }

  /** Adds a pod that has no row yet, as the last of its node. */
  int add(Pod pod, HollowKubelet node, PodPlan plan) {
    int row = free;
    if (row != NONE) {
      free = next[row];
    } else {
      row = used++;
      if (row == ips.length) {
        grow();
      }
    }
    size++;
    pods[row] = pod;
    nodes[row] = node;
    plans[row] = plan;
    ips[row] = PodIps.NONE;
    reserved[row] = false;
    ended[row] = false;
    next[row] = NONE;
    previous[row] = node.lastRow;
    if (node.lastRow == NONE) {
      node.firstRow = row;
    } else {
      next[node.lastRow] = row;
    }
    node.lastRow = row;
    plan.users++;
    int at = home(uid(row));
    while (buckets[at] != NONE) {
      at = at + 1 & buckets.length - 1;
    }
    buckets[at] = row;
    return row;
  }

  /** Takes a row out; its number is used again. */
  void remove(int row) {
    unlink(row);
    removeBucket(row);
    plan(row).users--;
    pods[row] = null;
    nodes[row] = null;
    plans[row] = null;
    workers[row] = null;
    next[row] = free;
    free = row;
    size--;
  }

  /** The row after another of the same node, {@link #NONE} after the last. */
  int next(int row) {
    return next[row];
  }

  Pod pod(int row) {
    Pod pod = pods[row];
    if (pod == null) {
      throw new IllegalStateException("row " + row + " is empty");
    }
    return pod;
  }

  HollowKubelet node(int row) {
    HollowKubelet node = nodes[row];
    if (node == null) {
      throw new IllegalStateException("row " + row + " is empty");
    }
    return node;
  }

  PodPlan plan(int row) {
    PodPlan plan = plans[row];
    if (plan == null) {
      throw new IllegalStateException("row " + row + " is empty");
    }
    return plan;
  }

  /** Whether no other pod that its node has taken has a port that the pod wants. */
  boolean arePortsFree(int row) {
    for (int other = node(row).firstRow; other != NONE; other = next[other]) {
      if (other != row && reserved[other]) {
        for (HostPort taken : plan(other).hostPorts) {
          if (plan(row).hostPorts.stream().anyMatch(taken::conflicts)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private Uid uid(int row) {
    return uid(pod(row));
  }

  static Uid uid(Pod pod) {
    Uid uid = pod.metadata().uid();
    if (uid == null) {
      throw new IllegalArgumentException("pod " + pod.name() + " has no uid");
    }
    return uid;
  }

  private int home(Uid uid) {
    long hash = (uid.high() ^ uid.low() * 31) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 33) & buckets.length - 1;
  }

  private void unlink(int row) {
    HollowKubelet node = node(row);
    if (previous[row] == NONE) {
      node.firstRow = next[row];
    } else {
      next[previous[row]] = next[row];
    }
    if (next[row] == NONE) {
      node.lastRow = previous[row];
    } else {
      previous[next[row]] = previous[row];
    }
  }

  /** Linear probing without marks: what comes after moves up (Knuth, volume 3, 6.4, R). */
  private void removeBucket(int row) {
    int mask = buckets.length - 1;
    int gap = home(uid(row));
    while (buckets[gap] != row) {
      gap = gap + 1 & mask;
    }
    int at = gap;
    while (true) {
      at = at + 1 & mask;
      if (buckets[at] == NONE) {
        break;
      }
      int home = home(uid(buckets[at]));
      if ((at - home & mask) >= (at - gap & mask)) {
        buckets[gap] = buckets[at];
        gap = at;
      }
    }
    buckets[gap] = NONE;
  }

  private void grow() {
    int capacity = ips.length * 2;
    pods = Arrays.copyOf(pods, capacity);
    nodes = Arrays.copyOf(nodes, capacity);
    plans = Arrays.copyOf(plans, capacity);
    workers = Arrays.copyOf(workers, capacity);
    ips = Arrays.copyOf(ips, capacity);
    reserved = Arrays.copyOf(reserved, capacity);
    ended = Arrays.copyOf(ended, capacity);
    next = Arrays.copyOf(next, capacity);
    previous = Arrays.copyOf(previous, capacity);
    buckets = new int[capacity * 2];
    Arrays.fill(buckets, NONE);
    for (int row = 0; row < used - 1; row++) {
      if (pods[row] != null) {
        int at = home(uid(row));
        while (buckets[at] != NONE) {
          at = at + 1 & buckets.length - 1;
        }
        buckets[at] = row;
      }
    }
  }
}
