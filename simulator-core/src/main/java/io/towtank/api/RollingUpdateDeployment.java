package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How far a rolling update may go below and above the wanted number.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record RollingUpdateDeployment(
    @Nullable IntOrString maxUnavailable, @Nullable IntOrString maxSurge, Fields rest) {
  public RollingUpdateDeployment {
    rest = rest == null ? Fields.NONE : rest;
  }
}
