package io.towtank.api;

import com.google.common.collect.ImmutableList;

/** What a LabelSelector has to be to be stored (metav1/validation: ValidateLabelSelector). */
public final class LabelSelectorRules {
  private LabelSelectorRules() {}

  /**
   * What is wrong with a selector, nothing where all is right.
   *
   * @param path where the selector is, as in {@code spec.selector}
   */
  public static ImmutableList<FieldError> validate(LabelSelector selector, String path) {
    ImmutableList.Builder<FieldError> errors = ImmutableList.builder();
    String labels = path + ".matchLabels";
    selector
        .matchLabels()
        .forEach((key, value) -> {
          NameRules.labelKey(key)
              .forEach(error -> errors.add(FieldError.invalid(labels, key, error)));
          NameRules.labelValue(value)
              .forEach(error -> errors.add(FieldError.invalid(labels, value, error)));
        });
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      validate(selector.matchExpressions().get(i), path + ".matchExpressions[" + i + "]", errors);
    }
    return errors.build();
  }

  private static void validate(
      LabelSelectorRequirement requirement, String path, ImmutableList.Builder<FieldError> errors) {
    String values = path + ".values";
    switch (requirement.operator()) {
      case "In", "NotIn" -> {
        if (requirement.values().isEmpty()) {
          errors.add(
              FieldError.required(values, "must be specified when `operator` is 'In' or 'NotIn'"));
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!requirement.values().isEmpty()) {
          errors.add(
              FieldError.forbidden(
                  values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        }
      }
      case null, default ->
          errors.add(
              FieldError.invalid(
                  path + ".operator",
                  String.valueOf(requirement.operator()),
                  "not a valid selector operator"));
    }
    NameRules.labelKey(requirement.key())
        .forEach(error -> errors.add(FieldError.invalid(path + ".key", requirement.key(), error)));
    for (int i = 0; i < requirement.values().size(); i++) {
      String value = requirement.values().get(i);
      String place = values + "[" + i + "]";
      NameRules.labelValue(value)
          .forEach(error -> errors.add(FieldError.invalid(place, value, error)));
    }
  }
}
