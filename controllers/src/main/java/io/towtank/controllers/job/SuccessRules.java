package io.towtank.controllers.job;

import io.towtank.api.SuccessPolicy;
import io.towtank.api.SuccessPolicyRule;
import org.jspecify.annotations.Nullable;

/** When a Job has succeeded early (KEP-3998; pkg/controller/job: success_policy.go). */
final class SuccessRules {
  private SuccessRules() {}

  /** Which rule is met, in words; null where none is. */
  static @Nullable String met(@Nullable SuccessPolicy policy, int completions, Indexes succeeded) {
    if (policy == null || succeeded.isEmpty()) {
      return null;
    }
    for (int i = 0; i < policy.rules().size(); i++) {
      if (isMet(policy.rules().get(i), completions, succeeded)) {
        return "Matched rules at index " + i;
      }
    }
    return null;
  }

  private static boolean isMet(SuccessPolicyRule rule, int completions, Indexes succeeded) {
    Integer count = rule.succeededCount();
    if (rule.succeededIndexes() == null) {
      return count != null && succeeded.count() >= count;
    }
    Indexes required = Indexes.parse(rule.succeededIndexes(), completions);
    return !required.isEmpty()
        && required.countIn(succeeded) >= (count == null ? required.count() : count);
  }
}
