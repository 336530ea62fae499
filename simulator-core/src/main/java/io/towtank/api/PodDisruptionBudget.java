package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods of a set may be down at once.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodDisruptionBudget(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    PodDisruptionBudgetSpec spec,
    @Nullable PodDisruptionBudgetStatus status,
    Fields rest)
    implements KubeObject {
  public PodDisruptionBudget {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<PodDisruptionBudget> kind() {
    return Kinds.POD_DISRUPTION_BUDGET;
  }

  @Override
  public PodDisruptionBudget withMetadata(ObjectMeta metadata) {
    return new PodDisruptionBudget(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PodDisruptionBudget withResourceVersion(long resourceVersion) {
    return new PodDisruptionBudget(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public PodDisruptionBudget withStatus(@Nullable PodDisruptionBudgetStatus status) {
    return new PodDisruptionBudget(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PodDisruptionBudget withStatusOf(KubeObject other) {
    return withStatus(((PodDisruptionBudget) other).status);
  }

  /** This object with another spec. */
  public PodDisruptionBudget withSpec(PodDisruptionBudgetSpec spec) {
    return new PodDisruptionBudget(metadata, resourceVersion, spec, status, rest);
  }
}
