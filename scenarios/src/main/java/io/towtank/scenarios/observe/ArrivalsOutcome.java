package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;

/**
 * What became of the pods that came by themselves, as those of a trace do.
 *
 * @param came how many came
 * @param placed how many of them were given a node, sooner or later
 * @param waited how many of those waited for more than a second
 * @param neverPlaced how many left, or are there at the end, without ever having had a node
 * @param longestWaitNanos the longest wait of any of them, also of those that were never placed
 * @param reasons why those that were never placed were not, in the scheduler's words
 * @param devices of each resource that only some nodes have, as GPUs are
 */
public record ArrivalsOutcome(
    long came,
    long placed,
    long waited,
    long neverPlaced,
    long longestWaitNanos,
    ImmutableList<Tally> reasons,
    ImmutableList<Devices> devices) {
  /** No pods came. */
  public static final ArrivalsOutcome NONE =
      new ArrivalsOutcome(0, 0, 0, 0, 0, ImmutableList.of(), ImmutableList.of());

  /**
   * A resource when most of it was asked for at once.
   *
   * @param atNanos when that was, in virtual time
   * @param requested how much was asked for
   * @param allocatable how much the nodes had
   * @param nodesInUse how many nodes had some of it asked for
   * @param freeOnThem what these nodes had left: the fragments
   */
  public record Devices(
      String resource,
      long atNanos,
      long requested,
      long allocatable,
      long nodesInUse,
      long freeOnThem) {}
}
