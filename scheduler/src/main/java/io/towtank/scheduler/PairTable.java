package io.towtank.scheduler;

import java.util.Arrays;

/** A number for each pair of two small numbers. */
final class PairTable {
  /** What a pair has that was given no number. */
  static final int UNKNOWN = -1;

  private int[] numbers = new int[256];
  private int firsts;
  private int width = 16;

  /** Forgets all pairs, and makes room for second numbers up to one. */
  void clear(int seconds) {
    firsts = 0;
    width = 16;
    while (width < seconds) {
      width *= 2;
    }
  }

  int get(int first, int second) {
    return first < firsts && second < width ? numbers[first * width + second] : UNKNOWN;
  }

  void put(int first, int second, int number) {
    if (second >= width) {
      // Rare: what was known is worked out again.
      clear(second + 1);
    }
    if (first >= firsts) {
      int cells = (first + 1) * width;
      if (cells > numbers.length) {
        numbers = Arrays.copyOf(numbers, Math.max(cells, numbers.length * 2));
      }
      Arrays.fill(numbers, firsts * width, cells, UNKNOWN);
      firsts = first + 1;
    }
    numbers[first * width + second] = number;
  }
}
