package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Which pods a pod must or would like to run near.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodAffinity(
    ImmutableList<PodAffinityTerm> requiredDuringSchedulingIgnoredDuringExecution,
    ImmutableList<WeightedPodAffinityTerm> preferredDuringSchedulingIgnoredDuringExecution,
    Fields rest) {
  public PodAffinity {
    requiredDuringSchedulingIgnoredDuringExecution =
        requiredDuringSchedulingIgnoredDuringExecution == null
            ? ImmutableList.of()
            : requiredDuringSchedulingIgnoredDuringExecution;
    preferredDuringSchedulingIgnoredDuringExecution =
        preferredDuringSchedulingIgnoredDuringExecution == null
            ? ImmutableList.of()
            : preferredDuringSchedulingIgnoredDuringExecution;
    rest = rest == null ? Fields.NONE : rest;
  }
}
