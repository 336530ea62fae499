package io.towtank.store;

import java.util.ArrayList;
import java.util.List;

/** The changes before or after which a field has one value: numbers of changes, in a ring. */
final class FieldFeed implements Feed {
  private final History<?> history;
  private final List<Round> rounds = new ArrayList<>(1);
  private long[] changes = new long[8];
  private long start;
  private long end;

  FieldFeed(History<?> history) {
    this.history = history;
  }

  void append(long change) {
    if (end - start == changes.length) {
      while (start < end && change(start) < history.first()) {
        start++;
      }
      if (end - start > changes.length / 2) {
        long[] old = changes;
        changes = new long[old.length * 2];
        for (long position = start; position < end; position++) {
          changes[cell(position)] = old[(int) position & (old.length - 1)];
        }
      }
    }
    changes[cell(end++)] = change;
  }

  @Override
  public long start() {
    return start;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public long change(long position) {
    return changes[cell(position)];
  }

  @Override
  public long from(long change) {
    long position = end;
    while (position > start && change(position - 1) >= change) {
      position--;
    }
    return position;
  }

  @Override
  public List<Round> rounds() {
    return rounds;
  }

  private int cell(long position) {
    return (int) position & (changes.length - 1);
  }
}
