package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Bounds and defaults for pods, containers or claims.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record LimitRangeItem(
    String type,
    ImmutableMap<String, Quantity> max,
    ImmutableMap<String, Quantity> min,
    @Named("default") ImmutableMap<String, Quantity> defaultLimit,
    ImmutableMap<String, Quantity> defaultRequest,
    ImmutableMap<String, Quantity> maxLimitRequestRatio,
    Fields rest) {
  public LimitRangeItem {
    max = max == null ? ImmutableMap.of() : max;
    min = min == null ? ImmutableMap.of() : min;
    defaultLimit = defaultLimit == null ? ImmutableMap.of() : defaultLimit;
    defaultRequest = defaultRequest == null ? ImmutableMap.of() : defaultRequest;
    maxLimitRequestRatio = maxLimitRequestRatio == null ? ImmutableMap.of() : maxLimitRequestRatio;
    rest = rest == null ? Fields.NONE : rest;
  }
}
