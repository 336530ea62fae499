/**
 * The horizontal pod autoscaler: sets a workload's replicas by its load.
 *
 * <p>{@link io.towtank.controllers.podautoscaler.ReplicaCalculator} says how many replicas a metric
 * calls for, {@link io.towtank.controllers.podautoscaler.Normalization} how many of them there may
 * be by now; {@link io.towtank.controllers.podautoscaler.HorizontalPodAutoscalerController} asks
 * both every 15 s, carries out what comes of it, and tells it with all its numbers as a {@link
 * io.towtank.controllers.podautoscaler.ReplicaDecision}. What metrics say comes from {@link
 * io.towtank.metrics.MetricsApi}.
 */
@NullMarked
package io.towtank.controllers.podautoscaler;

import org.jspecify.annotations.NullMarked;
