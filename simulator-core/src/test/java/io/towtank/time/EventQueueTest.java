package io.towtank.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventQueueTest {
  private static final Runnable NOTHING = new Numbered(-1);

  /** The plainest queue: a list sorted by time, new ones behind those of equal time. */
  private static final class Model {
    private final List<Pending> pending = new ArrayList<>();
    private long now;
    private int foreground;

    private record Pending(long time, boolean background, Runnable action) {}

    void add(long time, boolean background, Runnable action) {
      int at = pending.size();
      while (at > 0 && pending.get(at - 1).time > time) {
        at--;
      }
      pending.add(at, new Pending(time, background, action));
      foreground += background ? 0 : 1;
    }

    boolean cancel(Runnable action) {
      for (int i = 0; i < pending.size(); i++) {
        if (pending.get(i).action.equals(action)) {
          foreground -= pending.remove(i).background ? 0 : 1;
          return true;
        }
      }
      return false;
    }

    @Nullable Runnable poll(long until) {
      if (until < now) {
        return null;
      }
      if (pending.isEmpty()
          || pending.getFirst().time > until
          || pending.getFirst().time == EventQueue.NEVER) {
        now = until == EventQueue.NEVER ? now : until;
        return null;
      }
      Pending first = pending.removeFirst();
      now = first.time;
      foreground -= first.background ? 0 : 1;
      return first.action;
    }
  }

  /** What a random sequence of calls is like; drawn anew for each seed. */
  private record Shape(
      int addWeight,
      int cancelWeight,
      int pollWeight,
      int delayBits,
      int burst,
      int burstEvery,
      int calls) {
    static Shape draw(SplittableRandom random) {
      return new Shape(
          random.nextInt(1, 10),
          random.nextInt(0, 10),
          random.nextInt(1, 10),
          random.nextInt(1, 61),
          1 << random.nextInt(12),
          random.nextInt(5, 200),
          random.nextInt(10, 400));
    }
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void behavesAsASortedList(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Shape shape = Shape.draw(random);
    EventQueue queue = new EventQueue();
    Model model = new Model();
    List<Runnable> actions = new ArrayList<>();
    LongArrayList handles = new LongArrayList();
    String replay = "replay with -Dtowtank.test.seed=" + seed + ": " + shape + ", call ";
    for (int call = 0; call < shape.calls; call++) {
      int choice = random.nextInt(shape.addWeight + shape.cancelWeight + shape.pollWeight);
      if (choice < shape.addWeight) {
        long time = drawTime(random, shape, model);
        // Bursts are what long chains and near lists are made of: of one time, or of a window.
        int burst = random.nextInt(shape.burstEvery) == 0 ? random.nextInt(shape.burst) + 1 : 1;
        long window =
            random.nextBoolean() || time > EventQueue.NEVER >> 1
                ? 1
                : 1L << random.nextInt(shape.delayBits);
        for (int n = burst; n > 0; n--) {
          long at = time + random.nextLong(window);
          boolean background = random.nextInt(4) == 0 || at == EventQueue.NEVER;
          Runnable action = new Numbered(actions.size());
          actions.add(action);
          handles.add(queue.add(at, background, action));
          model.add(at, background, action);
        }
      } else if (choice < shape.addWeight + shape.cancelWeight) {
        // Old ones as well: most of these have run, and their place has been given to others.
        int from = random.nextInt(actions.size() + 1);
        int to = Math.min(actions.size(), from + random.nextInt(shape.burst) + 1);
        for (int i = from; i < to; i++) {
          same(queue.cancel(handles.getLong(i)), model.cancel(actions.get(i)), replay, call);
        }
      } else {
        long until = drawUntil(random, shape, model);
        for (int n = random.nextInt(shape.burst) + 1; n > 0; n--) {
          same(queue.poll(until), model.poll(until), replay, call);
          same(queue.now(), model.now, replay, call);
        }
      }
      same(queue.foreground(), model.foreground, replay, call);
    }
    Runnable expected;
    do {
      expected = model.poll(EventQueue.NEVER);
      same(queue.poll(EventQueue.NEVER), expected, replay, shape.calls);
      same(queue.now(), model.now, replay, shape.calls);
    } while (expected != null);
  }

  private static void same(
      @Nullable Object actual, @Nullable Object expected, String replay, int call) {
    if (!Objects.equals(actual, expected)) {
      assertThat(actual).as(replay + call).isEqualTo(expected);
    }
  }

  private record Numbered(int number) implements Runnable {
    @Override
    public void run() {}
  }

  private static long drawTime(SplittableRandom random, Shape shape, Model model) {
    long left = EventQueue.NEVER - 1 - model.now;
    long delay =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> random.nextLong(16);
          // a time that somebody waits for already
          case 2, 3 ->
              model.pending.isEmpty()
                  ? 1
                  : model.pending.get(random.nextInt(model.pending.size())).time - model.now;
          case 4 -> random.nextInt(200) == 0 ? Math.max(0, left - random.nextLong(3)) : 5;
          default -> random.nextLong(1L << random.nextInt(1, shape.delayBits + 1));
        };
    if (random.nextInt(100) == 0) {
      return EventQueue.NEVER;
    }
    return model.now + delay < 0 ? EventQueue.NEVER : model.now + Math.min(delay, left);
  }

  private static long drawUntil(SplittableRandom random, Shape shape, Model model) {
    return switch (random.nextInt(6)) {
      case 0 -> model.now;
      case 1 -> Math.max(0, model.now - 1);
      case 2 ->
          Math.min(EventQueue.NEVER - 1 - model.now, random.nextLong(1L << shape.delayBits))
              + model.now;
      case 3 ->
          model.pending.isEmpty()
              ? model.now
              : Math.max(model.now, model.pending.getFirst().time - 1);
      default -> EventQueue.NEVER;
    };
  }

  /** A queue and its model, which have to agree. */
  private static final class Pair {
    private final EventQueue queue = new EventQueue();
    private final Model model = new Model();
    private int added;

    long add(long time) {
      Runnable action = new Numbered(added++);
      model.add(time, false, action);
      return queue.add(time, false, action);
    }

    @Nullable Runnable poll(long until) {
      Runnable action = queue.poll(until);
      assertThat(action).isEqualTo(model.poll(until));
      assertThat(queue.now()).isEqualTo(model.now);
      return action;
    }

    void drain() {
      while (poll(EventQueue.NEVER) != null) {
        // poll has compared
      }
    }
  }

  // What random calls hardly ever bring about: a clock that stands within the time of a long bucket
  // whose turn has come, and a near list that is dealt to buckets then.

  @Test
  void aClockWithinABucketOfEqualTimes() {
    Pair pair = new Pair();
    long time = 4096 + 3 * 64 + 50;
    for (int i = 0; i < 600; i++) {
      pair.add(time);
    }
    pair.poll(4096 + 3 * 64 + 5);
    pair.add(time + 5);
    pair.add(time - 20);
    pair.add(time + 6);
    pair.drain();
  }

  @Test
  void aClockBeforeTheTimesOfABucket() {
    Pair pair = new Pair();
    for (int i = 0; i < 600; i++) {
      pair.add(4096 + 3 * 64 + i % 64);
    }
    pair.poll(4096 + 64 + 1);
    for (int i = 200; i > 0; i--) {
      pair.add(4096 + 64 + 1 + i % 100);
    }
    pair.drain();
  }

  @Test
  void aClockBeforeABucketOfCancelledTimers() {
    Pair pair = new Pair();
    for (int i = 0; i < 600; i++) {
      long timer = pair.add(1_000_000 + i % 64);
      pair.model.cancel(new Numbered(i));
      assertThat(pair.queue.cancel(timer)).isTrue();
    }
    assertThat(pair.poll(EventQueue.NEVER)).isNull();
    pair.add(1_000_128);
    for (int i = 200; i > 0; i--) {
      pair.add(1_000_000 - i % 100);
    }
    pair.add(1_000_127);
    pair.drain();
  }

  @Test
  void cancelledTimersDoNotAddUp() {
    EventQueue queue = new EventQueue();
    // One live timer, a million time-outs that are set and taken back: as clients do.
    queue.add(1L << 50, false, NOTHING);
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(queue.cancel(queue.add(300_000_000_000L + i, false, NOTHING))).isTrue();
    }
    assertThat(queue.places()).isLessThan(10_000);
    assertThat(queue.foreground()).isEqualTo(1);
  }

  @Test
  void cancelledTimersDoNotAddUpInTheNearListNorInTheLaneNorAmongThoseThatNeverRun() {
    EventQueue queue = new EventQueue();
    queue.add(1_000_000, false, NOTHING);
    queue.add(2_000_000, false, NOTHING);
    assertThat(queue.poll(1_500_000)).isNotNull();
    for (int i = 0; i < 300_000; i++) {
      assertThat(queue.cancel(queue.add(queue.now() + 1 + i % 100_000, false, NOTHING))).isTrue();
      assertThat(queue.cancel(queue.add(queue.now(), false, NOTHING))).isTrue();
      assertThat(queue.cancel(queue.add(EventQueue.NEVER, true, NOTHING))).isTrue();
    }
    assertThat(queue.places()).isLessThan(10_000);
    assertThat(queue.poll(EventQueue.NEVER)).isSameAs(NOTHING);
    assertThat(queue.now()).isEqualTo(2_000_000);
    assertThat(queue.poll(EventQueue.NEVER)).isNull();
  }

  @Test
  void placesAreUsedAgain() {
    EventQueue queue = new EventQueue();
    for (int i = 0; i < 100_000; i++) {
      queue.add(i * 1_000_003L, false, NOTHING);
      assertThat(queue.poll(EventQueue.NEVER)).isNotNull();
    }
    assertThat(queue.places()).isEqualTo(1);
  }

  @Test
  void aHandleOfAnEventThatRanDoesNotCancelItsSuccessor() {
    EventQueue queue = new EventQueue();
    long first = queue.add(1, false, NOTHING);
    assertThat(queue.poll(EventQueue.NEVER)).isNotNull();
    long second = queue.add(2, false, NOTHING);

    assertThat(queue.places()).as("the second has the place of the first").isEqualTo(1);
    assertThat(queue.cancel(first)).isFalse();
    assertThat(queue.cancel(0)).isFalse();
    assertThat(queue.cancel(second)).isTrue();
    assertThat(queue.cancel(second)).isFalse();
  }

  @Test
  void aMillionEventsOfOneInstantKeepTheirOrder() {
    EventQueue queue = new EventQueue();
    List<Runnable> actions = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      Runnable action = new Numbered(i);
      actions.add(action);
      queue.add(3_600_000_000_000L, false, action);
    }
    for (Runnable action : actions) {
      if (!action.equals(queue.poll(EventQueue.NEVER))) {
        fail("out of order at %s", action);
      }
    }
    assertThat(queue.poll(EventQueue.NEVER)).isNull();
  }
}
