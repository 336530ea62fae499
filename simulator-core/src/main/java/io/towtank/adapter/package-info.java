/**
 * Metrics that are no use of resources: what adapters of a monitoring system serve as {@code
 * custom.metrics.k8s.io} and {@code external.metrics.k8s.io}.
 *
 * <p>{@link io.towtank.adapter.MetricSeries} says what there is to be measured and where its values
 * come from: a curve, the requests to a service, or the length of a queue that workers empty.
 * {@link io.towtank.adapter.MetricsAdapter} reads all of it now and then, and answers with what it
 * read last.
 */
@NullMarked
package io.towtank.adapter;

import org.jspecify.annotations.NullMarked;
