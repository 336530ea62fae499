package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How the kubelet asks whether a container is started, alive or ready; all times in seconds.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Probe(
    @Nullable Integer initialDelaySeconds,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer periodSeconds,
    @Nullable Integer successThreshold,
    @Nullable Integer failureThreshold,
    @Nullable Long terminationGracePeriodSeconds,
    Fields rest) {
  public Probe {
    rest = rest == null ? Fields.NONE : rest;
  }
}
