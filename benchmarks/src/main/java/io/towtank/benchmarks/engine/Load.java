package io.towtank.benchmarks.engine;

/** What runs on an event loop: a number of actors, each with its own action, that never end. */
final class Load {
  private static final double SECOND = 1e9;
  private static final long TIMEOUT_NANOS = 300_000_000_000L;

  private final EventLoop loop;
  private final Offsets offsets = new Offsets(1, SECOND);
  private long checksum;

  private Load(EventLoop loop) {
    this.loop = loop;
  }

  /** Hold model: each event schedules its successor at an exponential delay of 1 s on average. */
  static Load hold(EventLoop loop, int actors) {
    Load load = new Load(loop);
    for (int i = 0; i < actors; i++) {
      loop.schedule(load.offsets.next(), load.new Holding(i));
    }
    return load;
  }

  /**
   * As hold, but an event first has nine others happen at once, one after the other, as where
   * nothing takes any time.
   */
  static Load burst(EventLoop loop, int actors) {
    Load load = new Load(loop);
    for (int i = 0; i < actors; i++) {
      loop.schedule(load.offsets.next(), load.new Bursting(i));
    }
    return load;
  }

  /** As hold, but each event also takes its time-out of 300 s back and sets it anew. */
  static Load cancel(EventLoop loop, int actors) {
    Load load = new Load(loop);
    for (int i = 0; i < actors; i++) {
      loop.schedule(load.offsets.next(), load.new Cancelling(i));
    }
    return load;
  }

  /** Runs so many events; tells what depends on which ran when. */
  long run(int events) {
    for (int i = 0; i < events; i++) {
      loop.step();
    }
    return checksum;
  }

  private final class Holding implements Runnable {
    private final int actor;

    Holding(int actor) {
      this.actor = actor;
    }

    @Override
    public void run() {
      checksum = checksum * 31 + actor;
      loop.schedule(offsets.next(), this);
    }
  }

  private final class Bursting implements Runnable {
    private final int actor;
    private int step;

    Bursting(int actor) {
      this.actor = actor;
    }

    @Override
    public void run() {
      checksum = checksum * 31 + actor;
      step = step == 9 ? 0 : step + 1;
      loop.schedule(step == 0 ? offsets.next() : 0, this);
    }
  }

  private final class Cancelling implements Runnable {
    private final int actor;
    private long timeout;

    Cancelling(int actor) {
      this.actor = actor;
    }

    @Override
    public void run() {
      checksum = checksum * 31 + actor + (loop.cancel(timeout) ? 1 : 0);
      timeout = loop.schedule(TIMEOUT_NANOS, this::timedOut);
      loop.schedule(offsets.next(), this);
    }

    private void timedOut() {
      checksum = checksum * 31 - actor;
    }
  }
}
