package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;
import io.towtank.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/** A scheduler configuration is wrong; the message says where, what, and what would be right. */
public final class ConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient FieldPath path;
  private final String problem;
  private final @Nullable String suggestion;
  private final boolean concernsValue;

  /**
   * Something is wrong at a place.
   *
   * @param path the place in the configuration
   * @param problem what is wrong, without the place
   * @param suggestion what would be right, null where nobody knows
   * @param concernsValue whether it is the field's value that is at fault, and not that the field
   *     is there or not
   */
  public ConfigurationException(
      FieldPath path, String problem, @Nullable String suggestion, boolean concernsValue) {
    super(
        (path.parent() == null ? "" : path + ": ")
            + problem
            + (suggestion == null ? "" : "; " + suggestion));
    this.path = path;
    this.problem = problem;
    this.suggestion = suggestion;
    this.concernsValue = concernsValue;
  }

  /** This and all other faults that were found with it, in the order of the configuration. */
  public ImmutableList<ConfigurationException> all() {
    ImmutableList.Builder<ConfigurationException> all = ImmutableList.builder();
    all.add(this);
    for (Throwable other : getSuppressed()) {
      if (other instanceof ConfigurationException fault) {
        all.addAll(fault.all());
      }
    }
    return all.build();
  }

  /** The place in the configuration. */
  public FieldPath path() {
    return path;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }

  /** What would be right, null where nobody knows. */
  public @Nullable String suggestion() {
    return suggestion;
  }

  /** Whether it is the field's value that is at fault, and not that the field is there or not. */
  public boolean concernsValue() {
    return concernsValue;
  }
}
