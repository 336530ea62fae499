package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;

/**
 * The pods of an openb trace, in the order in which they arrive.
 *
 * @param entries by time of arrival; those of the same time in the order of the file
 */
public record OpenbPods(ImmutableList<Entry> entries) {
  /**
   * A pod of the trace.
   *
   * @param template shared by all pods with the same demand
   * @param arrivesNanos virtual time
   * @param leavesNanos virtual time, not before it arrives
   */
  public record Entry(
      String name, Openb.PodTemplate template, long arrivesNanos, long leavesNanos) {}

  static OpenbPods of(List<Entry> entries) {
    return new OpenbPods(
        ImmutableList.sortedCopyOf(Comparator.comparingLong(Entry::arrivesNanos), entries));
  }
}
