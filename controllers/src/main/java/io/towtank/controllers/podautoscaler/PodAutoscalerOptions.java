package io.towtank.controllers.podautoscaler;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How the horizontal pod autoscaler works (kube-controller-manager's options).
 *
 * @param syncPeriodNanos {@code --horizontal-pod-autoscaler-sync-period}
 * @param downscaleStabilizationNanos {@code --horizontal-pod-autoscaler-downscale-stabilization}:
 *     for how long the highest recommendation counts
 * @param tolerance {@code --horizontal-pod-autoscaler-tolerance}, a fraction
 * @param cpuInitializationNanos {@code --horizontal-pod-autoscaler-cpu-initialization-period}
 * @param initialReadinessNanos {@code --horizontal-pod-autoscaler-initial-readiness-delay}
 * @param configurableTolerance the feature gate HPAConfigurableTolerance: autoscalers' own
 *     tolerances count
 */
@RecordBuilder
public record PodAutoscalerOptions(
    long syncPeriodNanos,
    long downscaleStabilizationNanos,
    double tolerance,
    long cpuInitializationNanos,
    long initialReadinessNanos,
    boolean configurableTolerance) {
  private static final long SECOND = 1_000_000_000L;

  /** As kube-controller-manager comes. */
  public static final PodAutoscalerOptions DEFAULT =
      new PodAutoscalerOptions(15 * SECOND, 300 * SECOND, 0.1, 300 * SECOND, 30 * SECOND, false);
}
