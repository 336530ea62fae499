/**
 * Load: the requests that clients send to services.
 *
 * <p>It is a part of the simulated world, as nodes are, and like them a component: it learns of
 * endpoints from slices and says, as {@link io.towtank.metrics.ContainerUse}, what pods use. {@link
 * io.towtank.traffic.DemandCurve} is how much is asked for, {@link
 * io.towtank.traffic.ServiceTraffic} what becomes of it.
 */
@NullMarked
package io.towtank.traffic;

import org.jspecify.annotations.NullMarked;
