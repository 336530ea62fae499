package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A condition of a node: Ready, MemoryPressure, DiskPressure …
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeCondition(
    String type,
    ConditionStatus status,
    @Rfc3339 long lastHeartbeatTime,
    @Rfc3339 long lastTransitionTime,
    @Nullable String reason,
    @Nullable String message,
    Fields rest) {
  public NodeCondition {
    status = status == null ? ConditionStatus.UNKNOWN : status;
    rest = rest == null ? Fields.NONE : rest;
  }
}
