package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * When which Job is started.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CronJobSpec(
    String schedule,
    @Nullable String timeZone,
    @Nullable Long startingDeadlineSeconds,
    @Nullable String concurrencyPolicy,
    @Nullable Boolean suspend,
    JobTemplateSpec jobTemplate,
    @Nullable Integer successfulJobsHistoryLimit,
    @Nullable Integer failedJobsHistoryLimit,
    Fields rest) {
  public CronJobSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
