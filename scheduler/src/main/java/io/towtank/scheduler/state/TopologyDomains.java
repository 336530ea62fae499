package io.towtank.scheduler.state;

import java.util.Arrays;

/** Which topology domains exist: those of nodes that count. */
public final class TopologyDomains {
  private static final int NO_DOMAIN = -1;

  private final LabelColumn column;
  private int[] domainOfRow = new int[0];
  private int[] nodes = new int[16];
  private int count;

  /** No nodes, with a label's values as domains. */
  public TopologyDomains(LabelColumn column) {
    this.column = column;
  }

  /** Takes in a node, and whether it counts. */
  public void set(int row, boolean counted) {
    if (row >= domainOfRow.length) {
      int length = domainOfRow.length;
      domainOfRow = Arrays.copyOf(domainOfRow, Math.max(row + 1, length * 2));
      Arrays.fill(domainOfRow, length, domainOfRow.length, NO_DOMAIN);
    }
    int before = domainOfRow[row];
    int now = counted ? column.value(row) : NO_DOMAIN;
    if (before == now) {
      return;
    }
    domainOfRow[row] = now;
    if (before != NO_DOMAIN && --nodes[before] == 0) {
      count--;
    }
    if (now != NO_DOMAIN) {
      if (now >= nodes.length) {
        nodes = Arrays.copyOf(nodes, Math.max(now + 1, nodes.length * 2));
      }
      if (nodes[now]++ == 0) {
        count++;
      }
    }
  }

  /** How many there are. */
  public int count() {
    return count;
  }
}
