package io.towtank.store;

import java.util.ArrayList;
import java.util.List;

/** All changes of a kind: a position is the change's number. */
final class FullFeed implements Feed {
  private final History<?> history;
  private final List<Round> rounds = new ArrayList<>(1);

  FullFeed(History<?> history) {
    this.history = history;
  }

  @Override
  public long start() {
    return history.first();
  }

  @Override
  public long end() {
    return history.next();
  }

  @Override
  public long change(long position) {
    return position;
  }

  @Override
  public long from(long change) {
    return Math.max(change, start());
  }

  @Override
  public List<Round> rounds() {
    return rounds;
  }
}
