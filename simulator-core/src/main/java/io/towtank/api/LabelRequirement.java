package io.towtank.api;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One condition on a label (apimachinery: labels.Requirement).
 *
 * @param key the label's name
 * @param values what it is compared with, in the order in which they were given
 */
public record LabelRequirement(String key, Operator operator, ImmutableList<String> values) {
  /** How a label is compared. */
  public enum Operator {
    /** The label has one of the values. */
    IN("in"),
    /** The label has none of the values, or is not there. */
    NOT_IN("notin"),
    /** The label has the value. */
    EQUALS("="),
    /** The same, written otherwise. */
    DOUBLE_EQUALS("=="),
    /** The label has another value, or is not there. */
    NOT_EQUALS("!="),
    /** The label is there. */
    EXISTS("exists"),
    /** The label is not there. */
    DOES_NOT_EXIST("!"),
    /** The label is a whole number above the value. */
    GREATER_THAN("gt"),
    /** The label is a whole number below the value. */
    LESS_THAN("lt");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A condition that has been checked.
   *
   * @throws IllegalArgumentException where key, values or their number break a rule
   *     (NewRequirement)
   */
  static LabelRequirement checked(String key, Operator operator, ImmutableList<String> values) {
    List<FieldError> errors = new ArrayList<>();
    ImmutableList<String> keyErrors = NameRules.labelKey(key);
    if (!keyErrors.isEmpty()) {
      errors.add(FieldError.invalid("key", key, String.join("; ", keyErrors)));
    }
    switch (operator) {
      case IN, NOT_IN -> {
        if (values.isEmpty()) {
          errors.add(wrongNumber(values, "for 'in', 'notin' operators, values set can't be empty"));
        }
      }
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> {
        if (values.size() != 1) {
          errors.add(wrongNumber(values, "exact-match compatibility requires one single value"));
        }
      }
      case EXISTS, DOES_NOT_EXIST -> {
        if (!values.isEmpty()) {
          errors.add(wrongNumber(values, "values set must be empty for exists and does not exist"));
        }
      }
      case GREATER_THAN, LESS_THAN -> {
        if (values.size() != 1) {
          errors.add(
              wrongNumber(values, "for 'Gt', 'Lt' operators, exactly one value is required"));
        }
        for (int i = 0; i < values.size(); i++) {
          if (DecimalInteger.parse(values.get(i)).isEmpty()) {
            errors.add(
                FieldError.invalid(
                    "values[" + i + "]",
                    values.get(i),
                    "for 'Gt', 'Lt' operators, the value must be an integer"));
          }
        }
      }
    }
    for (int i = 0; i < values.size(); i++) {
      ImmutableList<String> valueErrors = NameRules.labelValue(values.get(i));
      if (!valueErrors.isEmpty()) {
        errors.add(
            FieldError.invalid(
                "values[" + i + "][" + key + "]", values.get(i), String.join("; ", valueErrors)));
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(FieldError.message(errors));
    }
    return new LabelRequirement(key, operator, values);
  }

  private static FieldError wrongNumber(ImmutableList<String> values, String detail) {
    return FieldError.invalid("values", String.join(",", values), detail);
  }

  /** Whether only one value meets it. */
  boolean isExact() {
    return switch (operator) {
      case EQUALS, DOUBLE_EQUALS -> true;
      case IN -> values.size() == 1;
      case NOT_IN, NOT_EQUALS, EXISTS, DOES_NOT_EXIST, GREATER_THAN, LESS_THAN -> false;
    };
  }

  /** Whether labels meet this condition. */
  public boolean matches(Map<String, String> labels) {
    String value = labels.get(key);
    return switch (operator) {
      case EQUALS, DOUBLE_EQUALS, IN -> value != null && values.contains(value);
      case NOT_EQUALS, NOT_IN -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GREATER_THAN -> value != null && compare(value) > 0;
      case LESS_THAN -> value != null && compare(value) < 0;
    };
  }

  /** 0 also where one of the two is no number, which is neither greater nor less. */
  private int compare(String value) {
    OptionalLong number = DecimalInteger.parse(value);
    OptionalLong bound = DecimalInteger.parse(values.getFirst());
    return number.isEmpty() || bound.isEmpty()
        ? 0
        : Long.compare(number.getAsLong(), bound.getAsLong());
  }

  /** As in a selector: {@code app=web}, {@code tier in (a,b)}, {@code !gone}. */
  @Override
  public String toString() {
    return switch (operator) {
      case EXISTS -> key;
      case DOES_NOT_EXIST -> "!" + key;
      case IN, NOT_IN -> key + " " + operator + " (" + sortedValues() + ")";
      case GREATER_THAN -> key + ">" + sortedValues();
      case LESS_THAN -> key + "<" + sortedValues();
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> key + operator + sortedValues();
    };
  }

  private String sortedValues() {
    return String.join(",", values.stream().sorted().toList());
  }
}
