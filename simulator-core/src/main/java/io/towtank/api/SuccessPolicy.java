package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * When an Indexed Job has succeeded before all of its indexes have: where one rule is met
 * (KEP-3998).
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record SuccessPolicy(ImmutableList<SuccessPolicyRule> rules, Fields rest) {
  public SuccessPolicy {
    rules = rules == null ? ImmutableList.of() : rules;
    rest = rest == null ? Fields.NONE : rest;
  }
}
