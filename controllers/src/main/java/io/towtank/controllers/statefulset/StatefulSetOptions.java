package io.towtank.controllers.statefulset;

/**
 * What of the StatefulSet controller can be switched.
 *
 * @param maxUnavailable whether updates heed {@code maxUnavailable} (the feature gate
 *     MaxUnavailableStatefulSet, alpha and off in v1.34: one pod at a time then, whatever the field
 *     says)
 */
public record StatefulSetOptions(boolean maxUnavailable) {
  /** As v1.34 has it. */
  public static final StatefulSetOptions DEFAULT = new StatefulSetOptions(false);
}
