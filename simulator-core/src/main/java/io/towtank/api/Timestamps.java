package io.towtank.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

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
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** The time cut to the second, which is how Kubernetes stores it. */
  public static long toSecond(long epochNanos) {
    return epochNanos == NONE ? NONE : Math.floorDiv(epochNanos, SECOND) * SECOND;
  }

  /** As in {@code 2026-01-01T00:00:00Z}. */
  public static String format(long epochNanos) {
    return Instant.ofEpochSecond(Math.floorDiv(epochNanos, SECOND)).toString();
  }

  /** As in {@code 2026-01-01T00:00:00.000000Z}. */
  public static String formatMicros(long epochNanos) {
    return MICROS.format(Instant.EPOCH.plus(epochNanos, ChronoUnit.NANOS));
  }

  /**
   * Nanoseconds since 1970.
   *
   * @throws DateTimeParseException where the text is no RFC 3339 time
   */
  public static long parse(String text) {
    Instant instant = OffsetDateTime.parse(text).toInstant();
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
  }
}
