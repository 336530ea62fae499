package io.towtank.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * Times as Kubernetes writes them (RFC 3339, in UTC), kept as nanoseconds since 1970.
 *
 * <p>Most are whole seconds (metav1.Time); leases and events also have microseconds
 * (metav1.MicroTime).
 */
public final class Timestamps {
  /** No time. */
  public static final long NONE = Long.MIN_VALUE;

  private static final long SECOND = 1_000_000_000L;
  private static final int SECONDS_OF_DAY = 86_400;
  private static final int SECONDS_FORM = "2026-01-01T00:00:00Z".length();
  private static final int MICROS_FORM = "2026-01-01T00:00:00.000000Z".length();

  private Timestamps() {}

  /** The time cut to the second, which is how Kubernetes stores it. */
  public static long toSecond(long epochNanos) {
    return epochNanos == NONE ? NONE : Math.floorDiv(epochNanos, SECOND) * SECOND;
  }

  /** As in {@code 2026-01-01T00:00:00Z}. */
  public static String format(long epochNanos) {
    byte[] text = new byte[SECONDS_FORM];
    writeSeconds(Math.floorDiv(epochNanos, SECOND), text);
    text[SECONDS_FORM - 1] = 'Z';
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** As in {@code 2026-01-01T00:00:00.000000Z}. */
  public static String formatMicros(long epochNanos) {
    byte[] text = new byte[MICROS_FORM];
    writeSeconds(Math.floorDiv(epochNanos, SECOND), text);
    text[SECONDS_FORM - 1] = '.';
    write((int) (Math.floorMod(epochNanos, SECOND) / 1000), text, SECONDS_FORM, 6);
    text[MICROS_FORM - 1] = 'Z';
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes {@code 2026-01-01T00:00:00}. By hand, since every object has some times and java.time
   * takes half a microsecond for one.
   */
  private static void writeSeconds(long epochSecond, byte[] text) {
    long day = Math.floorDiv(epochSecond, SECONDS_OF_DAY);
    int second = Math.floorMod(epochSecond, SECONDS_OF_DAY);
    // Days since 1 March of year 0, in eras of 400 years; months counted from March.
    long shifted = day + 719_468;
    long era = Math.floorDiv(shifted, 146_097);
    long dayOfEra = shifted - era * 146_097;
    long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long marchMonth = (5 * dayOfYear + 2) / 153;
    int dayOfMonth = (int) (dayOfYear - (153 * marchMonth + 2) / 5 + 1);
    int month = (int) (marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
    int year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
    write(year, text, 0, 4);
    text[4] = '-';
    write(month, text, 5, 2);
    text[7] = '-';
    write(dayOfMonth, text, 8, 2);
    text[10] = 'T';
    write(second / 3600, text, 11, 2);
    text[13] = ':';
    write(second / 60 % 60, text, 14, 2);
    text[16] = ':';
    write(second % 60, text, 17, 2);
  }

  private static void write(int number, byte[] text, int from, int digits) {
    int rest = number;
    for (int i = from + digits - 1; i >= from; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /**
   * Nanoseconds since 1970.
   *
   * @throws DateTimeParseException where the text is no RFC 3339 time
   */
  public static long parse(String text) {
    long second = parseSecond(text);
    if (second != NONE) {
      return second * SECOND;
    }
    Instant instant = OffsetDateTime.parse(text).toInstant();
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
  }

  /** The second of a time in the usual form, between 1970 and 2200; NONE for any other text. */
  private static long parseSecond(String text) {
    if (text.length() != SECONDS_FORM
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(19) != 'Z') {
      return NONE;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 2);
    int day = digits(text, 8, 2);
    int hour = digits(text, 11, 2);
    int minute = digits(text, 14, 2);
    int second = digits(text, 17, 2);
    // Days that not every month has are left to java.time.
    if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 28) {
      return NONE;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return NONE;
    }
    int marchYear = month <= 2 ? year - 1 : year;
    int yearOfEra = marchYear % 400;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365L + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    long epochDay = marchYear / 400 * 146_097L + dayOfEra - 719_468;
    return epochDay * SECONDS_OF_DAY + hour * 3_600L + minute * 60L + second;
  }

  /** A number of so many digits, negative where there are others. */
  private static int digits(String text, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Integer.MIN_VALUE;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
