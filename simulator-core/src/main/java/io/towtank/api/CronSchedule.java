package io.towtank.api;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;

/**
 * When a CronJob starts, as its schedule says: five fields, a word as {@code @daily}, or {@code
 * @every} and a duration (robfig/cron v3: ParseStandard and SpecSchedule).
 *
 * <p>Days are those that both the day of month and the day of week allow, where one of them is
 * {@code *}; else those that one of them allows. A time that a change to summer time leaves out
 * does not come that day; one that comes twice counts twice.
 */
public final class CronSchedule {
  /** What {@link #next} says where no time in the next five years matches: year 1, as in Go. */
  public static final long NEVER_SECOND = -62_135_596_800L;

  private static final int YEARS = 5;
  private static final long HOUR_SECONDS = 3_600;

  private static final ImmutableMap<String, String> DESCRIPTORS =
      ImmutableMap.<String, String>builder()
          .put("@yearly", "0 0 1 1 *")
          .put("@annually", "0 0 1 1 *")
          .put("@monthly", "0 0 1 * *")
          .put("@weekly", "0 0 * * 0")
          .put("@daily", "0 0 * * *")
          .put("@midnight", "0 0 * * *")
          .put("@hourly", "0 * * * *")
          .buildOrThrow();
  private static final String EVERY = "@every ";

  private record Field(String name, int least, int most, ImmutableList<String> words) {}

  private static final Field MINUTE = new Field("minute", 0, 59, ImmutableList.of());
  private static final Field HOUR = new Field("hour", 0, 23, ImmutableList.of());
  private static final Field DAY_OF_MONTH = new Field("day of month", 1, 31, ImmutableList.of());
  private static final Field MONTH =
      new Field(
          "month",
          1,
          12,
          ImmutableList.of(
              "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"));
  private static final Field DAY_OF_WEEK =
      new Field(
          "day of week", 0, 6, ImmutableList.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

  // A bit a value; the highest bit where the field was * or ?.
  private static final long ANY = 1L << 63;
  private final long minutes;
  private final long hours;
  private final long daysOfMonth;
  private final long months;
  private final long daysOfWeek;
  private final long everySeconds;

  private CronSchedule(List<String> parts, long everySeconds) {
    this.everySeconds = everySeconds;
    this.minutes = bits(parts.get(0), MINUTE);
    this.hours = bits(parts.get(1), HOUR);
    this.daysOfMonth = bits(parts.get(2), DAY_OF_MONTH);
    this.months = bits(parts.get(3), MONTH);
    this.daysOfWeek = bits(parts.get(4), DAY_OF_WEEK);
  }

  /**
   * Reads a schedule.
   *
   * @throws IllegalArgumentException where it is none; the message tells what is wrong
   */
  public static CronSchedule parse(String schedule) {
    if (schedule.startsWith("TZ=") || schedule.startsWith("CRON_TZ=")) {
      throw new IllegalArgumentException(
          "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }
    String fields = schedule;
    long everySeconds = 0;
    if (schedule.startsWith(EVERY)) {
      long nanos = Durations.parse(schedule.substring(EVERY.length()));
      everySeconds = Math.max(1, nanos / 1_000_000_000L);
      fields = "* * * * *";
    } else if (schedule.startsWith("@")) {
      fields = DESCRIPTORS.get(schedule);
      if (fields == null) {
        throw new IllegalArgumentException("unrecognized descriptor: " + schedule);
      }
    }
    List<String> parts =
        Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToList(fields);
    if (parts.size() != 5) {
      throw new IllegalArgumentException(
          "expected exactly 5 fields (minute, hour, day of month, month, day of week), found "
              + parts.size());
    }
    return new CronSchedule(parts, everySeconds);
  }

  private static long bits(String part, Field field) {
    long bits = 0;
    for (String range : Splitter.on(',').split(part)) {
      bits |= range(range, field);
    }
    return bits;
  }

  private static long range(String text, Field field) {
    List<String> rangeAndStep = Splitter.on('/').splitToList(text);
    String range = rangeAndStep.getFirst();
    List<String> ends = Splitter.on('-').splitToList(range);
    int step = rangeAndStep.size() == 2 ? number(rangeAndStep.get(1)) : 1;
    boolean any = range.equals("*") || range.equals("?");
    int first = any ? field.least : value(ends.getFirst(), field);
    int last = any ? field.most : value(ends.getLast(), field);
    if (!any && ends.size() == 1 && rangeAndStep.size() == 2) {
      // N/step stands for N-last/step.
      last = field.most;
    }
    if (rangeAndStep.size() > 2
        || ends.size() > 2
        || step <= 0
        || first < field.least
        || last > field.most
        || first > last) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no "
              + field.name
              + ": from "
              + field.least
              + " to "
              + field.most
              + ", a range, a list or *");
    }
    long bits = any && step == 1 ? ANY : 0;
    for (int i = first; i <= last; i += step) {
      bits |= 1L << i;
    }
    return bits;
  }

  private static int value(String text, Field field) {
    int word = field.words.indexOf(Ascii.toLowerCase(text));
    return word >= 0 ? word + field.least : number(text);
  }

  private static int number(String text) {
    return text.length() < 4 && !text.isEmpty() && CharMatcher.inRange('0', '9').matchesAllOf(text)
        ? Integer.parseInt(text)
        : Integer.MIN_VALUE;
  }

  /**
   * The first time after another.
   *
   * @param epochSecond seconds since 1970
   * @param zone whose clock is meant
   * @return seconds since 1970, {@link #NEVER_SECOND} where none comes in five years
   */
  public long next(long epochSecond, ZoneId zone) {
    return everySeconds > 0
        ? epochSecond + everySeconds
        : new Search(zone.getRules(), epochSecond + 1).find();
  }

  /** Goes from one month, day, hour and minute to the next until all match. */
  private final class Search {
    private final ZoneRules rules;
    private long second;
    private LocalDateTime local;
    // Whether the smaller fields were set back to their start.
    private boolean setBack;

    Search(ZoneRules rules, long second) {
      this.rules = rules;
      this.second = second;
      this.local = local(second);
    }

    long find() {
      int lastYear = local.getYear() + YEARS;
      while (local.getYear() <= lastYear) {
        if (findMonth() && findDay() && findHour() && findMinute() && findSecond()) {
          return second;
        }
      }
      return NEVER_SECOND;
    }

    private boolean findMonth() {
      while ((months & 1L << local.getMonthValue()) == 0) {
        if (!setBack) {
          setBack = true;
          go(local.toLocalDate().withDayOfMonth(1).atStartOfDay());
        }
        go(local.plusMonths(1));
        if (local.getMonthValue() == 1) {
          return false;
        }
      }
      return true;
    }

    private boolean findDay() {
      while (!dayMatches()) {
        if (!setBack) {
          setBack = true;
          go(local.toLocalDate().atStartOfDay());
        }
        go(local.plusDays(1));
        // Where midnight is left out, the clock shows 23 or 1.
        int hour = local.getHour();
        if (hour > 12) {
          go(second + (24 - hour) * HOUR_SECONDS);
        } else if (hour > 0) {
          go(second - hour * HOUR_SECONDS);
        }
        if (local.getDayOfMonth() == 1) {
          return false;
        }
      }
      return true;
    }

    private boolean dayMatches() {
      boolean ofMonth = (daysOfMonth & 1L << local.getDayOfMonth()) != 0;
      boolean ofWeek = (daysOfWeek & 1L << local.getDayOfWeek().getValue() % 7) != 0;
      return ((daysOfMonth | daysOfWeek) & ANY) != 0 ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private boolean findHour() {
      while ((hours & 1L << local.getHour()) == 0) {
        if (!setBack) {
          setBack = true;
          go(local.toLocalDate().atTime(local.getHour(), 0));
        }
        go(second + HOUR_SECONDS);
        if (local.getHour() == 0) {
          return false;
        }
      }
      return true;
    }

    private boolean findMinute() {
      while ((minutes & 1L << local.getMinute()) == 0) {
        if (!setBack) {
          setBack = true;
          go(second - Math.floorMod(second, 60));
        }
        go(second + 60);
        if (local.getMinute() == 0) {
          return false;
        }
      }
      return true;
    }

    private boolean findSecond() {
      while (local.getSecond() != 0) {
        setBack = true;
        go(second + 1);
        if (local.getSecond() == 0) {
          return false;
        }
      }
      return true;
    }

    private LocalDateTime local(long epochSecond) {
      return LocalDateTime.ofEpochSecond(
          epochSecond, 0, rules.getOffset(Instant.ofEpochSecond(epochSecond)));
    }

    private void go(long epochSecond) {
      second = epochSecond;
      local = local(epochSecond);
    }

    /** A clock's time that is left out or comes twice is taken as Go's time.Date takes it. */
    private void go(LocalDateTime clock) {
      long asUtc = clock.toEpochSecond(ZoneOffset.UTC);
      ZoneOffset guess = rules.getOffset(Instant.ofEpochSecond(asUtc));
      ZoneOffset offset = rules.getOffset(Instant.ofEpochSecond(asUtc - guess.getTotalSeconds()));
      go(asUtc - offset.getTotalSeconds());
    }
  }
}
