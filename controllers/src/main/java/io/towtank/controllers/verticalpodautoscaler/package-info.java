/**
 * The recommender of the vertical pod autoscaler (kubernetes/autoscaler: vertical-pod-autoscaler/
 * pkg/recommender): what containers should request, by what they have used.
 *
 * <pre>
 *   samples of a container ──► its peak of each day, its CPU ──► histograms of all containers
 *   of that name that an autoscaler is about ──► percentiles ──► margins, minima, policy ──► status
 * </pre>
 *
 * Once a minute {@link
 * io.towtank.controllers.verticalpodautoscaler.VerticalPodAutoscalerRecommender} takes the samples
 * that metrics-server has. {@code ContainerSamples} is one container, {@code ContainerAggregate}
 * all of a name, {@code DecayingHistogram} how old samples count less, {@code Recommending} the
 * formulas, {@code Checkpoints} what is written down for a recommender that is started anew. Nobody
 * acts on a recommendation: pods stay as they are, whatever an autoscaler's updateMode says.
 * Without an autoscaler nothing happens at all, as with {@code --memory-saver}.
 */
@NullMarked
package io.towtank.controllers.verticalpodautoscaler;

import org.jspecify.annotations.NullMarked;
