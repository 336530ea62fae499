package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * RollingUpdate or Recreate.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DeploymentStrategy(
    @Nullable String type, @Nullable RollingUpdateDeployment rollingUpdate, Fields rest) {
  public DeploymentStrategy {
    rest = rest == null ? Fields.NONE : rest;
  }
}
