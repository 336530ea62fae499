package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a lease, and since when.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LeaseSpec(
    @Nullable String holderIdentity,
    @Nullable Integer leaseDurationSeconds,
    @Rfc3339(micros = true) long acquireTime,
    @Rfc3339(micros = true) long renewTime,
    @Nullable Integer leaseTransitions,
    Fields rest) {
  public LeaseSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
