package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Which Jobs run, and when the last was started.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CronJobStatus(
    ImmutableList<ObjectReference> active,
    @Rfc3339 long lastScheduleTime,
    @Rfc3339 long lastSuccessfulTime,
    Fields rest) {
  public CronJobStatus {
    active = active == null ? ImmutableList.of() : active;
    rest = rest == null ? Fields.NONE : rest;
  }
}
