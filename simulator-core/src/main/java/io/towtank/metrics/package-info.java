/**
 * What a cluster knows of the use of its pods: {@link io.towtank.metrics.MetricsApi} is what
 * autoscalers ask, {@link io.towtank.metrics.MetricsServer} answers as late as the real one, from
 * what {@link io.towtank.metrics.ContainerUse} says that containers do.
 */
@NullMarked
package io.towtank.metrics;

import org.jspecify.annotations.NullMarked;
