package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;

/**
 * Which controllers run, as kube-controller-manager's {@code --controllers} has it: {@code *} for
 * all, {@code name} for one, {@code -name} for all but one.
 */
public record ControllerChoice(ImmutableList<String> entries) {
  /** The controllers that there are, by kube-controller-manager's names. */
  public static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "deployment-controller",
          "replicaset-controller",
          "garbage-collector-controller",
          "node-lifecycle-controller",
          "taint-eviction-controller",
          "pod-garbage-collector-controller");

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
