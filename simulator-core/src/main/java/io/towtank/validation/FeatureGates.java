package io.towtank.validation;

/**
 * The feature gates that a cluster can have on or off, by their names ({@code --feature-gates} of
 * kube-apiserver and kube-controller-manager, which are to agree).
 *
 * @param scaleToZero HPAScaleToZero: autoscalers may have {@code minReplicas: 0}
 * @param configurableTolerance HPAConfigurableTolerance (KEP-4951): autoscalers may have a
 *     tolerance of their own
 */
public record FeatureGates(boolean scaleToZero, boolean configurableTolerance) {
  /** Where {@link #scaleToZero} is said. */
  public static final String SCALE_TO_ZERO = "HPAScaleToZero";

  /** Where {@link #configurableTolerance} is said. */
  public static final String CONFIGURABLE_TOLERANCE = "HPAConfigurableTolerance";

  /** As Kubernetes 1.34 comes, in which both are alpha. */
  public static final FeatureGates DEFAULT = new FeatureGates(false, false);
}
