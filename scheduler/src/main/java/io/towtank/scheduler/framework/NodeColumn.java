package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.ChangeLog;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import java.util.Arrays;

/**
 * A number of every node that a plugin keeps for itself, beside those of the cluster state: the
 * watts of a node's model, say, or how many pods of a sort run on it. It is worked out when it is
 * first asked for, and again only after something about the node or its pods changed.
 */
public final class NodeColumn {
  /** Works out a node's number. */
  @FunctionalInterface
  public interface Formula {
    /** The number, from the node and its pods and nothing else. The node is a cursor. */
    long of(NodeInfo node);
  }

  private final ClusterState state;
  private final Formula formula;
  private long[] numbers = new long[0];
  private boolean[] known = new boolean[0];
  private long readUpTo = -1;

  /** A column of numbers that a formula gives. */
  public NodeColumn(ClusterState state, Formula formula) {
    this.state = state;
    this.formula = formula;
  }

  /** A node's number. */
  public long at(NodeInfo node) {
    forgetChanged();
    int row = node.row();
    if (!known[row]) {
      numbers[row] = formula.of(node);
      known[row] = true;
    }
    return numbers[row];
  }

  private void forgetChanged() {
    ChangeLog changes = state.changes();
    if (readUpTo == changes.end()) {
      return;
    }
    if (known.length < state.rows()) {
      numbers = Arrays.copyOf(numbers, state.rows() * 2);
      known = Arrays.copyOf(known, state.rows() * 2);
    }
    if (readUpTo < changes.start()) {
      Arrays.fill(known, false);
    } else {
      for (long position = readUpTo; position < changes.end(); position++) {
        known[changes.row(position)] = false;
      }
    }
    readUpTo = changes.end();
  }
}
