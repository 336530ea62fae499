package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of a node.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NodeSpec(
    @Nullable String podCIDR,
    ImmutableList<String> podCIDRs,
    @Nullable String providerID,
    @Nullable Boolean unschedulable,
    ImmutableList<Taint> taints,
    Fields rest) {
  public NodeSpec {
    podCIDRs = podCIDRs == null ? ImmutableList.of() : podCIDRs;
    taints = taints == null ? ImmutableList.of() : taints;
    rest = rest == null ? Fields.NONE : rest;
  }
}
