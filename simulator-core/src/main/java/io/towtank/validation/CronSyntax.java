package io.towtank.validation;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a schedule can be read (robfig/cron v3: ParseStandard). */
final class CronSyntax {
  private static final ImmutableSet<String> DESCRIPTORS =
      ImmutableSet.of(
          "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
  private static final ImmutableList<String> MONTHS =
      ImmutableList.of(
          "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final ImmutableList<String> DAYS =
      ImmutableList.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  private record Field(String name, int least, int most, ImmutableList<String> words) {}

  private static final ImmutableList<Field> FIELDS =
      ImmutableList.of(
          new Field("minute", 0, 59, ImmutableList.of()),
          new Field("hour", 0, 23, ImmutableList.of()),
          new Field("day of month", 1, 31, ImmutableList.of()),
          new Field("month", 1, 12, MONTHS),
          new Field("day of week", 0, 6, DAYS));

  private CronSyntax() {}

  /** What is wrong with a schedule, null where nothing is. */
  static @Nullable String problem(String schedule) {
    if (schedule.startsWith("TZ=") || schedule.startsWith("CRON_TZ=")) {
      return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
    }
    if (schedule.startsWith("@")) {
      return DESCRIPTORS.contains(schedule) || schedule.startsWith("@every ")
          ? null
          : "unrecognized descriptor: " + schedule;
    }
    List<String> parts =
        Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToList(schedule);
    if (parts.size() != FIELDS.size()) {
      return "expected exactly 5 fields (minute, hour, day of month, month, day of week), found "
          + parts.size();
    }
    for (int i = 0; i < FIELDS.size(); i++) {
      Field field = FIELDS.get(i);
      for (String range : Splitter.on(',').split(parts.get(i))) {
        if (!isRange(range, field)) {
          return "\""
              + range
              + "\" is no "
              + field.name
              + ": from "
              + field.least
              + " to "
              + field.most
              + ", a range, a list or *";
        }
      }
    }
    return null;
  }

  private static boolean isRange(String text, Field field) {
    List<String> rangeAndStep = Splitter.on('/').splitToList(text);
    if (rangeAndStep.size() > 2
        || (rangeAndStep.size() == 2 && !(number(rangeAndStep.get(1)) > 0))) {
      return false;
    }
    String range = rangeAndStep.getFirst();
    if (range.equals("*") || range.equals("?")) {
      return true;
    }
    List<String> ends = Splitter.on('-').splitToList(range);
    int first = value(ends.getFirst(), field);
    int last = value(ends.getLast(), field);
    return ends.size() <= 2 && first >= field.least && last <= field.most && first <= last;
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

  /** Whether a time zone is known by that name. */
  static boolean isTimeZone(String name) {
    try {
      return !name.isEmpty() && !name.equals("Local") && ZoneId.of(name) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
