package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Bounds and defaults for what a namespace's pods ask for.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LimitRange(
    ObjectMeta metadata, @Beside long resourceVersion, @Nullable LimitRangeSpec spec, Fields rest)
    implements KubeObject {
  public LimitRange {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<LimitRange> kind() {
    return Kinds.LIMIT_RANGE;
  }

  @Override
  public LimitRange withMetadata(ObjectMeta metadata) {
    return new LimitRange(metadata, resourceVersion, spec, rest);
  }

  @Override
  public LimitRange withResourceVersion(long resourceVersion) {
    return new LimitRange(metadata, resourceVersion, spec, rest);
  }
}
