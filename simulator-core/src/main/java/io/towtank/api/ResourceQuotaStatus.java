package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What of a quota is used.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceQuotaStatus(
    ImmutableMap<String, Quantity> hard, ImmutableMap<String, Quantity> used, Fields rest) {
  public ResourceQuotaStatus {
    hard = hard == null ? ImmutableMap.of() : hard;
    used = used == null ? ImmutableMap.of() : used;
    rest = rest == null ? Fields.NONE : rest;
  }
}
