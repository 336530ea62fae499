package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Timestamps;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A weight or a duration that a stage gives, or reads from the object (KWOK: weightFrom,
 * durationFrom, jitterDurationFrom).
 *
 * @param otherwise where the object says nothing; null for none
 * @param from where the object says it; null where it is not asked
 */
record StageNumber(@Nullable Long otherwise, @Nullable JqQuery from) {
  private OptionalLong given() {
    return otherwise == null ? OptionalLong.empty() : OptionalLong.of(otherwise);
  }

  /** As a weight; none where the object has something there that is no number. */
  OptionalLong weight(JsonNode document) {
    JsonNode value = from == null ? null : from.first(document);
    if (value == null) {
      return given();
    }
    if (value.isNumber()) {
      return OptionalLong.of(value.longValue());
    }
    if (!value.isTextual()) {
      return given();
    }
    try {
      return OptionalLong.of(Long.decode(value.textValue()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * As a duration in nanoseconds. The object may have a duration as in {@code 1m30s} or a date,
   * until which it then is.
   */
  OptionalLong nanos(JsonNode document, long nowEpochNanos) {
    JsonNode value = from == null ? null : from.first(document);
    if (value == null || !value.isTextual()) {
      return given();
    }
    String text = value.textValue();
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Timestamps.parse(text) - nowEpochNanos);
    } catch (DateTimeParseException | ArithmeticException e) {
      Long nanos = GoDuration.parse(text);
      return nanos == null ? given() : OptionalLong.of(nanos);
    }
  }
}
