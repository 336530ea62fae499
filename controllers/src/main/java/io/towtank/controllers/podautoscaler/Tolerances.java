package io.towtank.controllers.podautoscaler;

/**
 * How far a metric may be from its target without anything being done about it.
 *
 * @param down below it, as a fraction
 * @param up above it, as a fraction
 */
public record Tolerances(double down, double up) {
  boolean covers(double ratio) {
    return 1.0 - down <= ratio && ratio <= 1.0 + up;
  }
}
