package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A condition of an object, as most kinds have it.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Condition(
    String type,
    ConditionStatus status,
    @Rfc3339 long lastTransitionTime,
    @Nullable String reason,
    @Nullable String message,
    Fields rest) {
  public Condition {
    status = status == null ? ConditionStatus.UNKNOWN : status;
    rest = rest == null ? Fields.NONE : rest;
  }

  /** The condition of a type among some, null where there is none. */
  public static @Nullable Condition find(ImmutableList<Condition> conditions, String type) {
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).type().equals(type)) {
        return conditions.get(i);
      }
    }
    return null;
  }
}
