package io.towtank.controllers.cronjob;

import io.towtank.api.CronJob;
import io.towtank.api.CronSchedule;
import io.towtank.api.Timestamps;
import java.time.ZoneId;

/**
 * Which start of a CronJob is due (pkg/controller/cronjob: utils.go). All times are seconds since
 * 1970 but for the current one.
 */
final class StartTimes {
  /** No time. */
  static final long NONE = Timestamps.NONE;

  private static final long SECOND = 1_000_000_000L;
  // Clocks differ a little (nextScheduleDelta).
  private static final long MARGIN_NANOS = 100_000_000L;
  private static final int MANY = 100;

  private final CronJob cronJob;
  private final CronSchedule schedule;
  private final ZoneId zone;
  private final long nowNanos;

  /** How many starts were missed since the earliest. */
  enum Missed {
    NONE,
    FEW,
    MANY
  }

  /**
   * What was found.
   *
   * @param earliest since when starts are looked for
   * @param latest the last start that is due, {@link #NONE} where none is
   * @param valid whether the schedule ever comes round
   */
  record Found(long earliest, long latest, Missed missed, boolean valid) {}

  StartTimes(CronJob cronJob, CronSchedule schedule, ZoneId zone, long nowNanos) {
    this.cronJob = cronJob;
    this.schedule = schedule;
    this.zone = zone;
    this.nowNanos = nowNanos;
  }

  /** The same for the CronJob as it is after a start. */
  StartTimes after(CronJob started) {
    return new StartTimes(started, schedule, zone, nowNanos);
  }

  /** The start that is due, within the starting deadline. */
  Found due() {
    return latest(true);
  }

  /** How long to wait for the next start, in nanoseconds. */
  long nanosToNext() {
    Found found = latest(false);
    long from =
        !found.valid || (found.latest == NONE && found.missed != Missed.NONE)
            ? Math.floorDiv(nowNanos, SECOND)
            : found.latest == NONE ? found.earliest : found.latest;
    return next(from) * SECOND + MARGIN_NANOS - nowNanos;
  }

  private long next(long second) {
    return schedule.next(second, zone);
  }

  private Found latest(boolean withinDeadline) {
    long earliest =
        Math.floorDiv(
            cronJob.status().lastScheduleTime() == Timestamps.NONE
                ? cronJob.metadata().creationTimestamp()
                : cronJob.status().lastScheduleTime(),
            SECOND);
    Long deadline = cronJob.spec().startingDeadlineSeconds();
    if (withinDeadline && deadline != null) {
      earliest = Math.max(earliest, Math.floorDiv(nowNanos, SECOND) - deadline);
    }
    long now = Math.floorDiv(nowNanos, SECOND);
    long first = next(earliest);
    long second = next(first);
    if (now < first) {
      return new Found(earliest, NONE, Missed.NONE, true);
    }
    if (now < second) {
      return new Found(earliest, first, Missed.NONE, true);
    }
    long interval = second - first;
    if (interval < 1) {
      return new Found(earliest, NONE, Missed.NONE, false);
    }
    // An estimate, for schedules are not regular: from one interval before the last start on, the
    // schedule itself is asked.
    long missed = (now - first) / interval + 1;
    long latest = NONE;
    for (long time = next(first + (missed - 2) * interval); time <= now; time = next(time)) {
      latest = time;
    }
    return new Found(
        earliest,
        latest,
        missed > MANY ? Missed.MANY : missed > 0 ? Missed.FEW : Missed.NONE,
        true);
  }
}
