package io.towtank.validation;

import io.towtank.api.CronSchedule;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Whether a schedule and its time zone can be read. */
final class CronSyntax {
  private CronSyntax() {}

  /** What is wrong with a schedule, null where nothing is. */
  static @Nullable String problem(String schedule) {
    try {
      CronSchedule.parse(schedule);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
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
