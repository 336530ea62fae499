package io.towtank.validation;

import com.google.common.base.CharMatcher;
import io.towtank.api.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers, percentages and quantities (pkg/apis/core/validation, pkg/apis/apps/validation). */
final class Amounts {
  private static final Quantity ZERO = Quantity.of(0);

  private Amounts() {}

  /** A number that is not negative, or a percentage. */
  static void intOrPercent(Subject amount) {
    if (amount.node().isTextual()) {
      if (percent(amount) == null) {
        amount.invalid(
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', "
                + " or '93%', regex used for validation is '[0-9]+%')");
      }
    } else {
      amount.requireNonNegative();
    }
  }

  /** A number that is not negative, or a percentage up to 100. */
  static void intOrShare(Subject amount) {
    intOrPercent(amount);
    Long percent = percent(amount);
    if (percent != null && percent > 100) {
      amount.invalid("must not be greater than 100%");
    }
  }

  /** Whether an amount is given and is 0 or 0%. */
  static boolean isZero(Subject amount) {
    Long percent = percent(amount);
    Long whole = amount.whole();
    return (percent != null && percent == 0) || (whole != null && whole == 0);
  }

  private static @Nullable Long percent(Subject amount) {
    String text = amount.text();
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
    return !digits.isEmpty()
            && digits.length() < 10
            && CharMatcher.inRange('0', '9').matchesAllOf(digits)
        ? Long.valueOf(digits)
        : null;
  }

  /** A number of a port. */
  static void port(Subject port) {
    port.requireBetween(1, 65535);
  }

  /** A port's number or name. */
  static void portOrName(Subject port) {
    if (port.node().isTextual()) {
      port.require(NameCheck.PORT_NAME);
    } else {
      port(port);
    }
  }

  /** Amounts of resources by name. */
  static void resources(Subject amounts) {
    for (Map.Entry<String, Subject> entry : amounts.entries().entrySet()) {
      amounts.requireKey(entry.getKey(), NameCheck.QUALIFIED_NAME);
      Quantity amount = entry.getValue().quantity();
      if (amount != null && amount.compareTo(ZERO) < 0) {
        entry.getValue().invalid("must be greater than or equal to 0");
      }
    }
  }

  /** Requests and limits of a container or claim: what is requested is at most the limit. */
  static void requirements(Subject resources) {
    Subject limits = resources.at("limits");
    Subject requests = resources.at("requests");
    resources(limits);
    resources(requests);
    for (Map.Entry<String, Subject> entry : requests.entries().entrySet()) {
      String name = entry.getKey();
      Quantity request = entry.getValue().quantity();
      Subject limitHere = limits.entries().get(name);
      Quantity limit = limitHere == null ? null : limitHere.quantity();
      if (request == null || limit == null) {
        if (request != null && isExtended(name)) {
          limits.required("Limit must be set for non overcommitable resources: " + name);
        }
        continue;
      }
      if (isExtended(name) && request.compareTo(limit) != 0) {
        entry.getValue().invalid("must be equal to " + name + " limit of " + limit);
      } else if (request.compareTo(limit) > 0) {
        entry.getValue().invalid("must be less than or equal to " + name + " limit of " + limit);
      }
    }
    for (Subject amounts : new Subject[] {limits, requests}) {
      for (Map.Entry<String, Subject> entry : amounts.entries().entrySet()) {
        Quantity amount = entry.getValue().quantity();
        if (amount != null
            && isExtended(entry.getKey())
            && amount.compareTo(Quantity.of(amount.value())) != 0) {
          entry.getValue().invalid("must be an integer");
        }
      }
    }
  }

  /** Whether a resource is a device or the like: counted in whole ones, never shared. */
  private static boolean isExtended(String name) {
    return name.contains("/") && !name.contains("kubernetes.io/");
  }
}
