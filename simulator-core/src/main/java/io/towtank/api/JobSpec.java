package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods must succeed, how many run at once, and what failure means.
 *
 * @param completionMode NonIndexed or Indexed
 * @param podReplacementPolicy TerminatingOrFailed or Failed
 * @param managedBy which controller looks after the Job, null for the job controller (KEP-4368)
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record JobSpec(
    @Nullable Integer parallelism,
    @Nullable Integer completions,
    @Nullable Long activeDeadlineSeconds,
    @Nullable Integer backoffLimit,
    @Nullable Integer backoffLimitPerIndex,
    @Nullable Integer maxFailedIndexes,
    @Nullable PodFailurePolicy podFailurePolicy,
    @Nullable SuccessPolicy successPolicy,
    @Nullable LabelSelector selector,
    @Nullable Boolean manualSelector,
    PodTemplateSpec template,
    @Nullable Integer ttlSecondsAfterFinished,
    @Nullable String completionMode,
    @Nullable Boolean suspend,
    @Nullable String podReplacementPolicy,
    @Nullable String managedBy,
    Fields rest) {
  public JobSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
