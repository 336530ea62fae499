package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A set of pods, and the node label that says what near means.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodAffinityTerm(
    @Nullable LabelSelector labelSelector,
    ImmutableList<String> namespaces,
    String topologyKey,
    @Nullable LabelSelector namespaceSelector,
    ImmutableList<String> matchLabelKeys,
    ImmutableList<String> mismatchLabelKeys,
    Fields rest) {
  public PodAffinityTerm {
    namespaces = namespaces == null ? ImmutableList.of() : namespaces;
    matchLabelKeys = matchLabelKeys == null ? ImmutableList.of() : matchLabelKeys;
    mismatchLabelKeys = mismatchLabelKeys == null ? ImmutableList.of() : mismatchLabelKeys;
    rest = rest == null ? Fields.NONE : rest;
  }
}
