package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Matches a pod of which a container has ended with some exit code, other than 0.
 *
 * @param containerName only this container; null for any
 * @param operator In or NotIn
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodFailurePolicyOnExitCodesRequirement(
    @Nullable String containerName, String operator, ImmutableList<Integer> values, Fields rest) {
  public PodFailurePolicyOnExitCodesRequirement {
    values = values == null ? ImmutableList.of() : values;
    rest = rest == null ? Fields.NONE : rest;
  }
}
