package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules of CronJobs. */
class CronScheduleTest {
  private static String next(String schedule, String from, String zone) {
    long second =
        CronSchedule.parse(schedule).next(Instant.parse(from).getEpochSecond(), ZoneId.of(zone));
    return second == CronSchedule.NEVER_SECOND ? "never" : Instant.ofEpochSecond(second).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * *       | 2026-03-04T10:00:00Z | UTC              | 2026-03-04T10:01:00Z",
        "* * * * *       | 2026-03-04T10:00:59Z | UTC              | 2026-03-04T10:01:00Z",
        "*/15 * * * *    | 2026-03-04T10:46:00Z | UTC              | 2026-03-04T11:00:00Z",
        "5/20 * * * *    | 2026-03-04T10:26:00Z | UTC              | 2026-03-04T10:45:00Z",
        "0 9-17 * * MON-FRI | 2026-03-06T17:00:00Z | UTC           | 2026-03-09T09:00:00Z",
        "15 10 1 * *     | 2026-03-01T10:15:00Z | UTC              | 2026-04-01T10:15:00Z",
        // The 13th or a Friday, since neither is *.
        "0 0 13 * 5      | 2026-03-07T00:00:00Z | UTC              | 2026-03-13T00:00:00Z",
        "0 0 13 * 5      | 2026-03-13T00:00:00Z | UTC              | 2026-03-20T00:00:00Z",
        // A step makes a field count as said: the first, third … day or a Monday.
        "0 0 */2 * 1     | 2026-03-03T00:00:00Z | UTC              | 2026-03-05T00:00:00Z",
        "0 0 */2 * 1     | 2026-03-07T00:00:00Z | UTC              | 2026-03-09T00:00:00Z",
        "0 0 31 * *      | 2026-03-31T00:00:00Z | UTC              | 2026-05-31T00:00:00Z",
        "0 0 29 2 *      | 2026-03-01T00:00:00Z | UTC              | 2028-02-29T00:00:00Z",
        "0 0 30 2 *      | 2026-03-01T00:00:00Z | UTC              | never",
        "@weekly         | 2026-03-04T10:00:00Z | UTC              | 2026-03-08T00:00:00Z",
        "@every 90s      | 2026-03-04T10:00:01Z | UTC              | 2026-03-04T10:01:31Z",
        "0 3 * * *       | 2026-03-04T10:00:00Z | Asia/Shanghai    | 2026-03-04T19:00:00Z",
        // Clocks go from 2 to 3 on 29 March: half past two is left out.
        "30 2 * * *      | 2026-03-28T12:00:00Z | Europe/Berlin    | 2026-03-30T00:30:00Z",
        "30 * * * *      | 2026-03-29T00:30:00Z | Europe/Berlin    | 2026-03-29T01:30:00Z",
        // They go back from 3 to 2 on 25 October: half past two comes twice.
        "30 2 * * *      | 2026-10-24T12:00:00Z | Europe/Berlin    | 2026-10-25T00:30:00Z",
        "30 2 * * *      | 2026-10-25T00:30:00Z | Europe/Berlin    | 2026-10-25T01:30:00Z",
        // Here midnight itself is left out, on 6 September.
        "0 0 * * *       | 2026-09-05T12:00:00Z | America/Santiago | 2026-09-07T03:00:00Z",
        "0 5 * * *       | 2026-09-05T12:00:00Z | America/Santiago | 2026-09-06T08:00:00Z",
      })
  void findsTheNextTime(String schedule, String from, String zone, String expected) {
    assertThat(next(schedule, from, zone)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 7",
        "5-1 * * * *",
        "*/0 * * * *",
        "1-2-3 * * * *",
        "TZ=UTC * * * * *",
        "@sometimes",
        "@every day",
        ""
      })
  void refusesWhatIsNone(String schedule) {
    assertThatThrownBy(() -> CronSchedule.parse(schedule))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void findsWhatAMinuteByMinuteSearchFinds() {
    Random random = new Random(7);
    String[] zones = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"};
    for (int i = 0; i < 300; i++) {
      String schedule =
          field(random, 0, 59)
              + " "
              + field(random, 0, 23)
              + " "
              + field(random, 1, 28)
              + " * "
              + field(random, 0, 6);
      ZoneId zone = ZoneId.of(zones[random.nextInt(zones.length)]);
      long from = 1_767_225_600L + random.nextInt(365 * 86_400);
      CronSchedule parsed = CronSchedule.parse(schedule);
      long found = parsed.next(from, zone);
      // What lies between does not match, and the time itself does.
      assertThat(found).as(schedule).isGreaterThan(from);
      assertThat(matches(schedule, found, zone)).as(schedule + " at " + found).isTrue();
      long minute = from - Math.floorMod(from, 60) + 60;
      for (int j = 0; j < 5_000 && minute < found; j++, minute += 60) {
        assertThat(matches(schedule, minute, zone)).as(schedule + " at " + minute).isFalse();
      }
    }
  }

  private static String field(Random random, int least, int most) {
    int a = least + random.nextInt(most - least + 1);
    int b = least + random.nextInt(most - least + 1);
    return switch (random.nextInt(4)) {
      case 0 -> "*";
      case 1 -> String.valueOf(a);
      case 2 -> Math.min(a, b) + "-" + Math.max(a, b);
      default -> a + "," + b;
    };
  }

  private static boolean matches(String schedule, long second, ZoneId zone) {
    List<String> fields = Splitter.on(' ').splitToList(schedule);
    ZonedDateTime time = Instant.ofEpochSecond(second).atZone(zone);
    boolean isAny = fields.get(2).equals("*") || fields.get(4).equals("*");
    boolean day = in(fields.get(2), time.getDayOfMonth());
    boolean week = in(fields.get(4), time.getDayOfWeek().getValue() % 7);
    return in(fields.get(0), time.getMinute())
        && in(fields.get(1), time.getHour())
        && (isAny ? day && week : day || week);
  }

  private static boolean in(String field, int value) {
    if (field.equals("*")) {
      return true;
    }
    for (String part : Splitter.on(',').split(field)) {
      List<String> ends = Splitter.on('-').splitToList(part);
      if (Integer.parseInt(ends.getFirst()) <= value && value <= Integer.parseInt(ends.getLast())) {
        return true;
      }
    }
    return false;
  }
}
