package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which failed pods a rule is for, by exit codes or by conditions, and what it does with them.
 *
 * @param action FailJob, FailIndex, Ignore or Count
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodFailurePolicyRule(
    String action,
    @Nullable PodFailurePolicyOnExitCodesRequirement onExitCodes,
    ImmutableList<PodFailurePolicyOnPodConditionsPattern> onPodConditions,
    Fields rest) {
  public PodFailurePolicyRule {
    onPodConditions = onPodConditions == null ? ImmutableList.of() : onPodConditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}
