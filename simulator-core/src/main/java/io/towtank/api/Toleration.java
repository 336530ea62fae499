package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Lets a pod run on nodes with a matching taint.
 *
 * @param operator Exists or Equal (default)
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Toleration(
    @Nullable String key,
    @Nullable String operator,
    @Nullable String value,
    @Nullable String effect,
    @Nullable Long tolerationSeconds,
    Fields rest) {
  public Toleration {
    rest = rest == null ? Fields.NONE : rest;
  }

  /** Whether this covers a taint (core/v1: Toleration.ToleratesTaint). */
  public boolean tolerates(Taint taint) {
    if (isSet(effect) && !taint.effect().equals(effect)) {
      return false;
    }
    if (isSet(key) && !taint.key().equals(key)) {
      return false;
    }
    if (operator == null || operator.isEmpty() || operator.equals("Equal")) {
      return orEmpty(value).equals(orEmpty(taint.value()));
    }
    return operator.equals("Exists");
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
