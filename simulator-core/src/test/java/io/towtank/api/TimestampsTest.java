package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0",
    "1969-12-31T23:59:59Z, -1000000000",
    "2000-02-29T12:30:45Z, 951827445000000000",
    "2026-01-01T00:00:00Z, 1767225600000000000",
    "2100-03-01T00:00:00Z, 4107542400000000000"
  })
  void secondsAreWrittenAndRead(String text, long nanos) {
    assertThat(Timestamps.format(nanos)).isEqualTo(text);
    assertThat(Timestamps.parse(text)).isEqualTo(nanos);
  }

  @Test
  void anyTimeIsWrittenAsJavaWritesIt() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      // Not the very first second, which cannot be cut.
      long nanos = Math.max(random.nextLong(), Long.MIN_VALUE + 2_000_000_000L);
      Instant instant = Instant.ofEpochSecond(0, nanos);
      assertThat(Timestamps.format(nanos))
          .isEqualTo(Instant.ofEpochSecond(instant.getEpochSecond()).toString());
      assertThat(Timestamps.formatMicros(nanos)).isEqualTo(MICROS.format(instant));
      assertThat(Timestamps.parse(Timestamps.format(nanos))).isEqualTo(Timestamps.toSecond(nanos));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T01:00:00+01:00, 2026-01-01T00:00:00.000000Z",
    "2026-01-01T00:00:00.5Z, 2026-01-01T00:00:00.500000Z",
    "2026-01-01T00:00:00.123456789Z, 2026-01-01T00:00:00.123456Z",
    "2025-12-31T19:30:00-04:30, 2026-01-01T00:00:00.000000Z"
  })
  void offsetsAndFractionsAreRead(String text, String micros) {
    assertThat(Timestamps.formatMicros(Timestamps.parse(text))).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z"})
  void anythingElseIsNoTime(String text) {
    assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeParseException.class);
  }

  @Test
  void timesAreCutToTheSecond() {
    assertThat(Timestamps.toSecond(1_999_999_999L)).isEqualTo(1_000_000_000L);
    assertThat(Timestamps.toSecond(-1L)).isEqualTo(-1_000_000_000L);
    assertThat(Timestamps.toSecond(Timestamps.NONE)).isEqualTo(Timestamps.NONE);
  }

  @Test
  void uidsAreWrittenAsTheyWereRead() {
    String usual = "0f3b2a1c-0001-4000-8000-00000000002a";
    assertThat(Uid.parse(usual)).hasToString(usual);
    assertThat(Uid.of(-1, -1)).hasToString("ffffffff-ffff-ffff-ffff-ffffffffffff");
    assertThat(Uid.parse("something else")).hasToString("something else");
  }
}
