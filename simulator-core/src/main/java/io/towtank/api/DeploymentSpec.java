package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What is rolled out, and how.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DeploymentSpec(
    @Nullable Integer replicas,
    LabelSelector selector,
    PodTemplateSpec template,
    @Nullable DeploymentStrategy strategy,
    @Nullable Integer minReadySeconds,
    @Nullable Integer revisionHistoryLimit,
    @Nullable Boolean paused,
    @Nullable Integer progressDeadlineSeconds,
    Fields rest) {
  public DeploymentSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
