package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import java.util.Arrays;

/**
 * Something counted by node and summed by topology domain, such as the pods that a selector matches
 * in each zone. A node's part may change at any time; sums follow.
 *
 * <p>Where no two nodes share a domain (hostnames), the sum of a node's domain is a property of the
 * node; elsewhere the domain's number is: see {@link #feature}. Many rules count different pods by
 * the same domains: a {@link #copy} shares what it can, and parts are kept only where there are
 * any.
 */
public final class DomainCounts {
  /** The feature of a node that belongs to no domain. */
  public static final long MISSING = Long.MIN_VALUE;

  private static final int NO_DOMAIN = -1;

  private final LabelColumn column;
  private final boolean unique;
  private final long generation;
  private final Int2LongOpenHashMap partOfRow;
  private int[] domainOfRow;
  private boolean domainsShared;
  private long[] total = new long[16];
  private int[] nodes = new int[16];
  private int domains;
  // How many domains have each sum; sums beyond are found by looking at all.
  private int[] domainsOfTotal = new int[16];
  private boolean minimumKnown;
  private long minimum;
  private long sum;

  /** Nothing counted, for a label's values as domains. */
  public DomainCounts(LabelColumn column, int rows) {
    this.column = column;
    this.unique = column.isUnique();
    this.generation = column.generation();
    this.partOfRow = new Int2LongOpenHashMap(0);
    this.domainOfRow = new int[rows];
    Arrays.fill(domainOfRow, NO_DOMAIN);
  }

  private DomainCounts(DomainCounts other) {
    this.column = other.column;
    this.unique = other.unique;
    this.generation = other.generation;
    this.partOfRow = other.partOfRow.clone();
    this.domainOfRow = other.domainOfRow;
    this.total = other.total.clone();
    this.nodes = other.nodes.clone();
    this.domains = other.domains;
    this.domainsOfTotal = other.domainsOfTotal.clone();
    this.minimumKnown = other.minimumKnown;
    this.minimum = other.minimum;
    this.sum = other.sum;
    this.domainsShared = true;
  }

  /** The same counts, to be changed apart. */
  public DomainCounts copy() {
    domainsShared = true;
    return new DomainCounts(this);
  }

  /** Whether what {@link #feature} means has changed since this was made. */
  public boolean outdated() {
    return generation != column.generation();
  }

  /** The label whose values are the domains. */
  public LabelColumn column() {
    return column;
  }

  /**
   * Sets a node's part.
   *
   * @param counted whether the node's domain counts as one that exists; else its part is 0
   */
  public void set(int row, boolean counted, long part) {
    int domain = counted ? column.value(row) : NO_DOMAIN;
    int before = row < domainOfRow.length ? domainOfRow[row] : NO_DOMAIN;
    if (before == domain) {
      if (domain != NO_DOMAIN) {
        long more = part - setPart(row, part);
        if (more != 0) {
          change(domain, more, 0);
        }
      }
      return;
    }
    long partBefore = setPart(row, domain == NO_DOMAIN ? 0 : part);
    if (before != NO_DOMAIN) {
      change(before, -partBefore, -1);
    }
    setDomain(row, domain);
    if (domain != NO_DOMAIN) {
      if (domain >= total.length) {
        int capacity = Math.max(domain + 1, total.length * 2);
        total = Arrays.copyOf(total, capacity);
        nodes = Arrays.copyOf(nodes, capacity);
      }
      change(domain, part, 1);
    }
  }

  private long setPart(int row, long part) {
    return part == 0 ? partOfRow.remove(row) : partOfRow.put(row, part);
  }

  private void setDomain(int row, int domain) {
    int length = domainOfRow.length;
    if (row >= length) {
      domainOfRow = Arrays.copyOf(domainOfRow, Math.max(row + 1, length * 2));
      Arrays.fill(domainOfRow, length, domainOfRow.length, NO_DOMAIN);
      domainsShared = false;
    } else if (domainsShared) {
      domainOfRow = domainOfRow.clone();
      domainsShared = false;
    }
    domainOfRow[row] = domain;
  }

  private void change(int domain, long parts, int nodesMore) {
    if (nodes[domain] > 0) {
      countTotal(total[domain], -1);
    }
    if (nodes[domain] == 0 && nodesMore > 0) {
      domains++;
    }
    total[domain] += parts;
    sum += parts;
    nodes[domain] += nodesMore;
    if (nodes[domain] == 0) {
      domains--;
    } else {
      countTotal(total[domain], 1);
    }
  }

  private void countTotal(long sum, int sign) {
    if (sum < 0 || sum > 1 << 20) {
      minimumKnown = false;
      return;
    }
    int index = (int) sum;
    if (index >= domainsOfTotal.length) {
      domainsOfTotal =
          Arrays.copyOf(domainsOfTotal, Math.max(index + 1, domainsOfTotal.length * 2));
    }
    domainsOfTotal[index] += sign;
    if (sign > 0) {
      if (minimumKnown && sum < minimum) {
        minimum = sum;
      }
    } else if (sum == minimum && domainsOfTotal[index] == 0) {
      minimumKnown = false;
    }
  }

  /** The sum of all domains. */
  public long sum() {
    return sum;
  }

  /** How many domains exist. */
  public int domains() {
    return domains;
  }

  /** The lowest sum of a domain that exists; Long.MAX_VALUE where none does. */
  public long minimum() {
    if (domains == 0) {
      return Long.MAX_VALUE;
    }
    if (!minimumKnown) {
      minimum = Long.MAX_VALUE;
      for (int i = 0; i < domainsOfTotal.length && minimum == Long.MAX_VALUE; i++) {
        if (domainsOfTotal[i] > 0) {
          minimum = i;
        }
      }
      if (minimum == Long.MAX_VALUE) {
        for (int domain = 0; domain < total.length; domain++) {
          if (nodes[domain] > 0) {
            minimum = Math.min(minimum, total[domain]);
          }
        }
      }
      minimumKnown = true;
    }
    return minimum;
  }

  /** What tells a node's domain apart from those with other sums, now and in future. */
  public long feature(int row) {
    int domain = column.value(row);
    if (domain == LabelColumn.NONE) {
      return MISSING;
    }
    return unique ? sum(domain) : domain;
  }

  /** As {@link #feature} where only matters whether there is anything. */
  public long presence(int row) {
    int domain = column.value(row);
    if (domain == LabelColumn.NONE) {
      return MISSING;
    }
    return unique ? Math.min(1, sum(domain)) : domain;
  }

  /** The sum of the domain that a feature stands for; 0 for none. */
  public long sumOf(long feature) {
    return feature == MISSING ? 0 : unique ? feature : sum((int) feature);
  }

  /** The sum of a domain. */
  public long sum(int domain) {
    return domain < total.length ? total[domain] : 0;
  }
}
