package io.towtank.scheduler;

/**
 * Remembers two answers for each of many numbers, as long as no other number took the place: a
 * table of fixed size that is forgotten at no cost.
 */
final class AnswerMemo {
  private static final int BITS = 10;

  private final long[] numbers = new long[1 << BITS];
  private final int[] turns = new int[1 << BITS];
  private final int[] first = new int[1 << BITS];
  private final int[] second = new int[1 << BITS];
  private int turn = 1;

  /** Forgets everything. */
  void clear() {
    turn++;
  }

  /** Where the answers for a number are, or would be. */
  int slot(long number) {
    return (int) ((number * 0x9e3779b97f4a7c15L) >>> (64 - BITS));
  }

  /** Whether a slot has the answers for a number. */
  boolean has(int slot, long number) {
    return numbers[slot] == number && turns[slot] == turn;
  }

  int first(int slot) {
    return first[slot];
  }

  int second(int slot) {
    return second[slot];
  }

  void put(int slot, long number, int itsFirst, int itsSecond) {
    numbers[slot] = number;
    turns[slot] = turn;
    first[slot] = itsFirst;
    second[slot] = itsSecond;
  }
}
