package io.towtank.validation;

import io.towtank.api.Quantity;
import java.util.Map;

/**
 * Disruption budgets, quotas, ranges and priorities (pkg/apis/policy/validation, core, scheduling).
 */
final class PolicyRules {
  /** Higher priorities are the system's. */
  private static final long HIGHEST_USER_PRIORITY = 1_000_000_000;

  private PolicyRules() {}

  static void podDisruptionBudget(Subject spec) {
    Subject available = spec.at("minAvailable");
    Subject unavailable = spec.at("maxUnavailable");
    if (available.isPresent() && unavailable.isPresent()) {
      spec.invalid("minAvailable and maxUnavailable cannot be both set");
    }
    Amounts.intOrShare(available);
    Amounts.intOrShare(unavailable);
    MetadataRules.selector(spec.at("selector"));
  }

  static void resourceQuota(Subject spec) {
    Amounts.resources(spec.at("hard"));
  }

  static void limitRange(Subject spec) {
    for (Subject limit : spec.at("limits").items()) {
      for (String field : new String[] {"min", "max", "default", "defaultRequest"}) {
        Amounts.resources(limit.at(field));
      }
      ordered(limit, "min", "max");
      ordered(limit, "min", "defaultRequest");
      ordered(limit, "defaultRequest", "default");
      ordered(limit, "default", "max");
    }
  }

  private static void ordered(Subject limit, String lower, String upper) {
    for (Map.Entry<String, Subject> entry : limit.at(lower).entries().entrySet()) {
      Subject above = limit.at(upper).entries().get(entry.getKey());
      Quantity small = entry.getValue().quantity();
      Quantity large = above == null ? null : above.quantity();
      if (small != null && large != null && small.compareTo(large) > 0) {
        entry
            .getValue()
            .invalid(lower + " value " + small + " is greater than " + upper + " value " + large);
      }
    }
  }

  static void priorityClass(Subject document) {
    boolean system = document.at("metadata", "name").text().startsWith("system-");
    if (system) {
      boolean known =
          document.at("metadata", "name").is("system-node-critical")
              || document.at("metadata", "name").is("system-cluster-critical");
      if (!known) {
        document
            .at("metadata", "name")
            .forbidden(
                "priority class names with 'system-' prefix are reserved for system use only");
      }
    } else if (document.at("value").whole(0) > HIGHEST_USER_PRIORITY) {
      document
          .at("value")
          .forbidden(
              "maximum allowed value of a user defined priority is " + HIGHEST_USER_PRIORITY);
    }
  }
}
