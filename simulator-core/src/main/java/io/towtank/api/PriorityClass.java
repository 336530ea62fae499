package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A named priority of pods.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PriorityClass(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    int value,
    @Nullable Boolean globalDefault,
    @Nullable String description,
    @Nullable String preemptionPolicy,
    Fields rest)
    implements KubeObject {
  public PriorityClass {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<PriorityClass> kind() {
    return Kinds.PRIORITY_CLASS;
  }

  @Override
  public PriorityClass withMetadata(ObjectMeta metadata) {
    return new PriorityClass(
        metadata, resourceVersion, value, globalDefault, description, preemptionPolicy, rest);
  }

  @Override
  public PriorityClass withResourceVersion(long resourceVersion) {
    return new PriorityClass(
        metadata, resourceVersion, value, globalDefault, description, preemptionPolicy, rest);
  }
}
