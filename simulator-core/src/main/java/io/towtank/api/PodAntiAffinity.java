package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Which pods a pod must not or would rather not run near.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodAntiAffinity(
    ImmutableList<PodAffinityTerm> requiredDuringSchedulingIgnoredDuringExecution,
    ImmutableList<WeightedPodAffinityTerm> preferredDuringSchedulingIgnoredDuringExecution,
    Fields rest) {
  public PodAntiAffinity {
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
