package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What attracts a pod to nodes and to other pods, or keeps it away.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Affinity(
    @Nullable NodeAffinity nodeAffinity,
    @Nullable PodAffinity podAffinity,
    @Nullable PodAntiAffinity podAntiAffinity,
    Fields rest) {
  public Affinity {
    rest = rest == null ? Fields.NONE : rest;
  }
}
