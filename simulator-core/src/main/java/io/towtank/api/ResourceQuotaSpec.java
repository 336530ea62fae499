package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The limits of a quota.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceQuotaSpec(
    ImmutableMap<String, Quantity> hard, ImmutableList<String> scopes, Fields rest) {
  public ResourceQuotaSpec {
    hard = hard == null ? ImmutableMap.of() : hard;
    scopes = scopes == null ? ImmutableList.of() : scopes;
    rest = rest == null ? Fields.NONE : rest;
  }
}
