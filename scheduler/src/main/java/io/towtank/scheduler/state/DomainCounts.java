package io.towtank.scheduler.state;

import java.util.Arrays;

/**
 * Something that pods count for, by node and summed by topology domain, such as the pods that a
 * selector matches in each zone. Only nodes with pods that count have a part, each in a slot; it
 * may change at any time, and sums follow.
 *
 * <p>Where no two nodes share a domain (hostnames), the sum of a node's domain is a property of the
 * node; elsewhere the domain's number is: see {@link #feature}.
 */
public final class DomainCounts {
  /** The feature of a node that belongs to no domain. */
  public static final long MISSING = Long.MIN_VALUE;

  private static final int MOST_TOTAL = 1 << 20;

  private final LabelColumn column;
  private final boolean unique;
  private final boolean hasMinimum;
  private final long generation;
  // By slot.
  private long[] part = new long[4];
  private int[] domainOf = new int[4];
  // By domain; not where domains are unique.
  private long[] total = new long[4];
  // How many domains have a sum that is not 0, and how many have each; not of sums beyond.
  private int domains;
  private int[] domainsOfTotal = new int[4];
  private boolean minimumKnown;
  private long minimum;
  private long sum;

  private DomainCounts(LabelColumn column, boolean unique, boolean hasMinimum) {
    this.column = column;
    this.unique = unique;
    this.hasMinimum = hasMinimum;
    this.generation = column.generation();
  }

  /** Nothing counted, for a label's values as domains. */
  public static DomainCounts of(LabelColumn column) {
    return new DomainCounts(column, column.isUnique(), false);
  }

  /** Nothing counted; {@link #minimum} can be asked for. */
  public static DomainCounts withMinimum(LabelColumn column) {
    return new DomainCounts(column, column.isUnique(), true);
  }

  /** As {@link #of}, where a domain's number is the feature whether or not nodes share domains. */
  public static DomainCounts byNumber(LabelColumn column) {
    return new DomainCounts(column, false, false);
  }

  /** Whether what {@link #feature} means has changed since this was made. */
  public boolean outdated() {
    return generation != column.generation();
  }

  /**
   * Sets a node's part.
   *
   * @param slot the node's; another node may have it after a part of 0
   * @param counted whether the node counts; else its part is 0
   * @return whether there is anything
   */
  public boolean set(int slot, int row, boolean counted, long itsPart) {
    if (slot >= part.length) {
      part = Arrays.copyOf(part, Math.max(slot + 1, slot * 2));
      domainOf = Arrays.copyOf(domainOf, part.length);
    }
    int domain = counted ? column.value(row) : LabelColumn.NONE;
    long now = domain == LabelColumn.NONE ? 0 : itsPart;
    long before = part[slot];
    part[slot] = now;
    if (before != 0 && domainOf[slot] != domain) {
      change(domainOf[slot], before, 0);
      before = 0;
    }
    if (before != now) {
      domainOf[slot] = domain;
      change(domain, before, now);
    }
    return now != 0;
  }

  private void change(int domain, long before, long now) {
    long totalBefore = before;
    long totalNow = now;
    if (!unique) {
      if (domain >= total.length) {
        total = Arrays.copyOf(total, Math.max(domain + 1, total.length * 2));
      }
      totalBefore = total[domain];
      totalNow = totalBefore + now - before;
      total[domain] = totalNow;
    }
    sum += now - before;
    if (hasMinimum) {
      countTotal(totalBefore, -1);
      countTotal(totalNow, 1);
    }
  }

  private void countTotal(long its, int sign) {
    if (its == 0) {
      return;
    }
    domains += sign;
    if (its < 0 || its > MOST_TOTAL) {
      minimumKnown = false;
      return;
    }
    int index = (int) its;
    if (index >= domainsOfTotal.length) {
      domainsOfTotal =
          Arrays.copyOf(domainsOfTotal, Math.max(index + 1, domainsOfTotal.length * 2));
    }
    domainsOfTotal[index] += sign;
    if (sign > 0) {
      minimum = minimumKnown ? Math.min(minimum, its) : minimum;
    } else if (its == minimum && domainsOfTotal[index] == 0) {
      minimumKnown = false;
    }
  }

  /** The sum of all domains. */
  public long sum() {
    return sum;
  }

  /**
   * The lowest sum of a domain, where none is below 0 and the counts were made for this;
   * Long.MAX_VALUE where there is no domain.
   *
   * @param existing how many domains there are, those without a part included
   */
  public long minimum(int existing) {
    if (existing == 0) {
      return Long.MAX_VALUE;
    }
    if (domains < existing) {
      return 0;
    }
    if (!minimumKnown) {
      minimum = lowestTotal();
      minimumKnown = true;
    }
    return minimum;
  }

  private long lowestTotal() {
    for (int i = 1; i < domainsOfTotal.length; i++) {
      if (domainsOfTotal[i] > 0) {
        return i;
      }
    }
    return Arrays.stream(unique ? part : total).filter(its -> its != 0).min().orElseThrow();
  }

  /**
   * What tells a node's domain apart from those with other sums, now and in future.
   *
   * @param slot the node's, below 0 where it has none
   */
  public long feature(int row, int slot) {
    int domain = column.value(row);
    if (domain == LabelColumn.NONE) {
      return MISSING;
    }
    return unique ? part(slot) : domain;
  }

  /** As {@link #feature} where only matters whether there is anything. */
  public long presence(int row, int slot) {
    int domain = column.value(row);
    if (domain == LabelColumn.NONE) {
      return MISSING;
    }
    return unique ? Math.min(1, part(slot)) : domain;
  }

  private long part(int slot) {
    return slot >= 0 && slot < part.length ? part[slot] : 0;
  }

  /** The sum of the domain that a feature stands for; 0 for none. */
  public long sumOf(long feature) {
    return feature == MISSING ? 0 : unique ? feature : sum((int) feature);
  }

  /** The sum of a domain, where its number is the feature. */
  public long sum(int domain) {
    return domain < total.length ? total[domain] : 0;
  }
}
