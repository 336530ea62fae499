package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods have succeeded and failed.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record JobStatus(
    ImmutableList<JobCondition> conditions,
    @Rfc3339 long startTime,
    @Rfc3339 long completionTime,
    @OmitEmpty int active,
    @OmitEmpty int succeeded,
    @OmitEmpty int failed,
    @Nullable Integer terminating,
    @Nullable Integer ready,
    @Nullable String completedIndexes,
    @Nullable String failedIndexes,
    @Nullable UncountedTerminatedPods uncountedTerminatedPods,
    Fields rest) {
  public JobStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}
