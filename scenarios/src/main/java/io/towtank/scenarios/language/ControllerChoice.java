package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;

/**
 * Which controllers run, as kube-controller-manager's {@code --controllers} has it: {@code *} for
 * all, {@code name} for one, {@code -name} for all but one.
 */
public record ControllerChoice(ImmutableList<String> entries) {
  /** All of them. */
  public static final ControllerChoice ALL = new ControllerChoice(ImmutableList.of("*"));

  /** Whether a controller runs: the first entry that names it decides, then {@code *}. */
  public boolean runs(String name) {
    for (String entry : entries) {
      if (entry.equals(name)) {
        return true;
      }
      if (entry.equals("-" + name)) {
        return false;
      }
    }
    return entries.contains("*");
  }
}
