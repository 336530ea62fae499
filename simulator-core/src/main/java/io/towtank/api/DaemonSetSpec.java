package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which template, and how it is updated.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DaemonSetSpec(
    LabelSelector selector,
    PodTemplateSpec template,
    @Nullable DaemonSetUpdateStrategy updateStrategy,
    @Nullable Integer minReadySeconds,
    @Nullable Integer revisionHistoryLimit,
    Fields rest) {
  public DaemonSetSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
