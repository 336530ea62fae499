package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What a failed pod means for its Job: the first rule that matches says (KEP-3329).
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodFailurePolicy(ImmutableList<PodFailurePolicyRule> rules, Fields rest) {
  public PodFailurePolicy {
    rules = rules == null ? ImmutableList.of() : rules;
    rest = rest == null ? Fields.NONE : rest;
  }
}
