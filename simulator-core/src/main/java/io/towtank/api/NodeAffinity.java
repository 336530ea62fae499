package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a pod must or would like to run on.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeAffinity(
    @Nullable NodeSelector requiredDuringSchedulingIgnoredDuringExecution,
    ImmutableList<PreferredSchedulingTerm> preferredDuringSchedulingIgnoredDuringExecution,
    Fields rest) {
  public NodeAffinity {
    preferredDuringSchedulingIgnoredDuringExecution =
        preferredDuringSchedulingIgnoredDuringExecution == null
            ? ImmutableList.of()
            : preferredDuringSchedulingIgnoredDuringExecution;
    rest = rest == null ? Fields.NONE : rest;
  }
}
