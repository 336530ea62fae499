package io.towtank.time;

import it.unimi.dsi.fastutil.longs.LongLinkedOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owns virtual time: runs what was scheduled, in order of time and, at equal times, in the order of
 * scheduling. One thread owns a simulation; only {@link #interrupt} may be called from others.
 */
public final class Simulation implements SimClock {
  /** How many events lie between two rounds of checks in {@link CheckMode#PARANOID} by default. */
  public static final long DEFAULT_CHECK_EVERY_EVENTS = 10_000;

  /** The timer of an action that never runs, since its process has ended. */
  private static final long OF_NOTHING = Long.MIN_VALUE;

  private static final StopCondition IDLE = new StopCondition.Idle();
  private static final StopCondition INTERRUPTED = new StopCondition.Interrupted();

  private final EventQueue queue;
  private final List<SelfCheck> selfChecks = new ArrayList<>();
  private final long seed;
  private final long startEpochNanos;
  // The last time at which the date still fits 64 bits.
  private final long endNanos;
  private final CheckMode checkMode;
  private long events;
  private boolean running;
  private volatile boolean interrupted;

  // Of a process: what it is a part of, and its timers that have not run; null for the whole.
  private final @Nullable Simulation whole;
  private @Nullable LongLinkedOpenHashSet pending;

  private long checkEveryEvents = DEFAULT_CHECK_EVERY_EVENTS;
  private long nextCheck = Long.MAX_VALUE;
  private @Nullable Runnable progress;
  private long progressEveryEvents = Long.MAX_VALUE;
  private long nextProgress = Long.MAX_VALUE;
  // The lesser of the two above, so that an event costs one comparison.
  private long nextLook = Long.MAX_VALUE;

  /**
   * A simulation that does not check itself.
   *
   * @param seed from which all random streams are derived
   * @param startEpochNanos the date at which virtual time starts, nanoseconds since 1970
   */
  public Simulation(long seed, long startEpochNanos) {
    this(seed, startEpochNanos, CheckMode.FAST);
  }

  /**
   * @param seed from which all random streams are derived
   * @param startEpochNanos the date at which virtual time starts, nanoseconds since 1970
   * @param checkMode when registered checks run
   */
  public Simulation(long seed, long startEpochNanos, CheckMode checkMode) {
    this.seed = seed;
    this.startEpochNanos = startEpochNanos;
    this.endNanos = EventQueue.NEVER - 1 - Math.max(0, startEpochNanos);
    this.checkMode = checkMode;
    this.queue = new EventQueue();
    this.whole = null;
    checkEvery(DEFAULT_CHECK_EVERY_EVENTS);
  }

  private Simulation(Simulation whole) {
    this.seed = whole.seed;
    this.startEpochNanos = whole.startEpochNanos;
    this.endNanos = whole.endNanos;
    this.checkMode = whole.checkMode;
    this.queue = whole.queue;
    this.whole = whole;
    this.pending = new LongLinkedOpenHashSet();
  }

  /**
   * The same simulation as one process of it sees it: same time, same order of events, but what is
   * scheduled through it can be taken back at once by {@link #endProcess}. Each of its timers is a
   * few words larger. It cannot be run: the whole is.
   */
  public Simulation process() {
    return new Simulation(this);
  }

  /**
   * Ends a process, as when a machine kills it: nothing that it has scheduled happens, what it
   * schedules from now on never runs, and its checks look at nothing any more.
   *
   * @throws IllegalStateException where this is the whole simulation
   */
  public void endProcess() {
    if (whole == null) {
      throw new IllegalStateException("this is the whole simulation, not one process of it");
    }
    LongLinkedOpenHashSet timers = pending;
    pending = null;
    if (timers != null) {
      timers.forEach(queue::cancel);
    }
  }

  /** Whether this is a process that has ended. */
  private boolean ended() {
    return whole != null && pending == null;
  }

  @Override
  public long nanos() {
    return queue.now();
  }

  @Override
  public long epochNanos() {
    return startEpochNanos + queue.now();
  }

  /** How many events have run. */
  public long events() {
    return whole == null ? events : whole.events();
  }

  /** The random stream of that name; asking twice gives two that tell the same numbers. */
  public RandomStream random(String name) {
    return new RandomStream(seed, name);
  }

  /**
   * Runs an action after a delay.
   *
   * @param delayNanos virtual nanoseconds from now; 0 for after all that is due now already. What
   *     lies beyond the end of virtual time (in the year 2262) never runs, and does not keep the
   *     simulation from being idle
   * @return names the timer for {@link #cancel}; never 0
   * @throws IllegalArgumentException where the delay is negative
   */
  public long schedule(long delayNanos, Runnable action) {
    return add(delayNanos, false, action);
  }

  /**
   * As {@link #schedule}, for what need not happen for the simulation to be idle: a periodic look
   * at something, a time-out that matters only if things go on.
   */
  public long scheduleBackground(long delayNanos, Runnable action) {
    return add(delayNanos, true, action);
  }

  /**
   * As {@link #schedule}, at a time instead of after a delay.
   *
   * @param atNanos nanoseconds since the run's start
   * @throws IllegalArgumentException where that is in the past
   */
  public long scheduleAt(long atNanos, Runnable action) {
    if (atNanos < queue.now()) {
      throw new IllegalArgumentException(
          "cannot schedule an event at "
              + atNanos
              + " ns: the past cannot be changed, the clock is at "
              + queue.now()
              + " ns");
    }
    return add(atNanos - queue.now(), false, action);
  }

  private long add(long delayNanos, boolean background, Runnable action) {
    if (delayNanos < 0) {
      throw new IllegalArgumentException(
          "cannot schedule an event with a delay of "
              + delayNanos
              + " ns: the past cannot be changed, the clock is at "
              + queue.now()
              + " ns");
    }
    if (whole != null) {
      return addOfProcess(delayNanos, background, action);
    }
    return enqueue(delayNanos, background, action);
  }

  private long enqueue(long delayNanos, boolean background, Runnable action) {
    if (delayNanos > endNanos - queue.now()) {
      return queue.add(EventQueue.NEVER, true, action);
    }
    return queue.add(queue.now() + delayNanos, background, action);
  }

  private long addOfProcess(long delayNanos, boolean background, Runnable action) {
    LongLinkedOpenHashSet timers = pending;
    if (timers == null) {
      return OF_NOTHING;
    }
    ProcessTimer timer = new ProcessTimer(timers, action);
    timer.id = enqueue(delayNanos, background, timer);
    timers.add(timer.id);
    return timer.id;
  }

  /** An event of a process, which is struck off its list when it runs. */
  private static final class ProcessTimer implements Runnable {
    private final LongLinkedOpenHashSet timers;
    private final Runnable action;
    private long id;

    ProcessTimer(LongLinkedOpenHashSet timers, Runnable action) {
      this.timers = timers;
      this.action = action;
    }

    @Override
    public void run() {
      timers.remove(id);
      action.run();
    }
  }

  /** Takes a timer back; false where it has run or was cancelled before. */
  public boolean cancel(long timer) {
    if (timer == OF_NOTHING) {
      return false;
    }
    if (pending != null) {
      pending.remove(timer);
    }
    return queue.cancel(timer);
  }

  /** Whether nothing is pending but background timers. */
  public boolean idle() {
    return queue.foreground() == 0;
  }

  /**
   * Runs one event that is due up to a time; false, with the clock at that time, where none is. At
   * Long.MAX_VALUE, which is no time, the clock stays at the last event.
   */
  public boolean step(long untilNanos) {
    if (whole != null) {
      throw new IllegalStateException("this is one process of a simulation; the whole can be run");
    }
    if (running) {
      throw new IllegalStateException(
          "an event may not run other events; it can schedule them with a delay of 0");
    }
    Runnable action = queue.poll(untilNanos > endNanos ? EventQueue.NEVER : untilNanos);
    if (action == null) {
      return false;
    }
    events++;
    running = true;
    try {
      action.run();
    } finally {
      running = false;
    }
    if (events >= nextLook) {
      look();
    }
    return true;
  }

  /**
   * Runs events until the first of the conditions is met or {@link #interrupt} is called. Where no
   * {@link StopCondition.Time} is given, {@link StopCondition.Idle} is in force, too: background
   * timers alone could go on for ever. In modes CHECKED and PARANOID the registered checks run
   * before it returns.
   *
   * @return the condition that was met
   * @throws InvariantViolation where a registered check finds a difference
   */
  public StopCondition run(StopCondition... conditions) {
    StopCondition met = runUnchecked(conditions);
    if (checkMode != CheckMode.FAST) {
      runSelfChecks();
    }
    return met;
  }

  private StopCondition runUnchecked(StopCondition... conditions) {
    StopCondition.@Nullable Time end = null;
    boolean untilIdle = false;
    List<StopCondition.Holds> holds = new ArrayList<>();
    for (StopCondition condition : conditions) {
      switch (condition) {
        case StopCondition.Time time ->
            end = end == null || time.nanos() < end.nanos() ? time : end;
        case StopCondition.Holds held -> holds.add(held);
        case StopCondition.Idle idle -> untilIdle = true;
        case StopCondition.Interrupted always -> {}
      }
    }
    StopCondition.Holds[] asked = holds.toArray(StopCondition.Holds[]::new);
    long untilNanos = end == null ? Long.MAX_VALUE : end.nanos();
    while (true) {
      if (interrupted) {
        interrupted = false;
        return INTERRUPTED;
      }
      for (StopCondition.Holds held : asked) {
        if (held.condition().getAsBoolean()) {
          return held;
        }
      }
      if ((untilIdle || end == null) && idle()) {
        return IDLE;
      }
      if (!step(untilNanos) && end != null) {
        return end;
      }
    }
  }

  /**
   * Has {@link #run} stop after the event that it is at; where none is under way, the next one
   * stops at once. May be called from any thread.
   */
  public void interrupt() {
    if (whole != null) {
      whole.interrupt();
    }
    interrupted = true;
  }

  /**
   * Has a hook called between events every so many events, as for a progress line. The hook may
   * look, and may interrupt; what it schedules makes the run depend on how often it is called.
   *
   * @param everyEvents at least 1
   */
  public void onProgress(long everyEvents, Runnable hook) {
    if (everyEvents < 1) {
      throw new IllegalArgumentException("everyEvents is " + everyEvents + ", must be at least 1");
    }
    progress = hook;
    progressEveryEvents = everyEvents;
    nextProgress = events + everyEvents;
    nextLook = Math.min(nextProgress, nextCheck);
  }

  /** Registers a check; {@link CheckMode} says when it runs. */
  public void addSelfCheck(SelfCheck check) {
    if (whole == null) {
      selfChecks.add(check);
    } else {
      whole.addSelfCheck(
          new SelfCheck() {
            @Override
            public String name() {
              return check.name();
            }

            @Override
            public @Nullable String firstDifference() {
              return ended() ? null : check.firstDifference();
            }
          });
    }
  }

  /**
   * Sets how often checks run in {@link CheckMode#PARANOID}; in other modes nothing changes.
   *
   * @param events how many events lie between two rounds, at least 1
   */
  public void checkEvery(long events) {
    if (events < 1) {
      throw new IllegalArgumentException("events is " + events + ", must be at least 1");
    }
    checkEveryEvents = events;
    nextCheck = checkMode == CheckMode.PARANOID ? this.events + events : Long.MAX_VALUE;
    nextLook = Math.min(nextProgress, nextCheck);
  }

  /**
   * Runs all registered checks now, in the order of registration and in any mode.
   *
   * @throws InvariantViolation for the first difference
   */
  public void runSelfChecks() {
    for (SelfCheck check : selfChecks) {
      String difference = check.firstDifference();
      if (difference != null) {
        throw new InvariantViolation(check.name(), queue.now(), events, difference);
      }
    }
  }

  private void look() {
    if (events >= nextCheck) {
      nextCheck = events + checkEveryEvents;
      runSelfChecks();
    }
    if (events >= nextProgress && progress != null) {
      nextProgress = events + progressEveryEvents;
      progress.run();
    }
    nextLook = Math.min(nextProgress, nextCheck);
  }
}
