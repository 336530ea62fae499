package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which indexes, or how many, have to succeed.
 *
 * @param succeededIndexes as in {@code 0,2-4}; null for any
 * @param succeededCount how many of them; null for all
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record SuccessPolicyRule(
    @Nullable String succeededIndexes, @Nullable Integer succeededCount, Fields rest) {
  public SuccessPolicyRule {
    rest = rest == null ? Fields.NONE : rest;
  }
}
