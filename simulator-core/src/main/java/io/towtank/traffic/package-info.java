/**
 * Load: the requests that clients send to services.
 *
 * <p>It is a part of the simulated world, as nodes are, and like them a component: it learns of
 * endpoints from slices and says, as {@link io.towtank.metrics.ContainerUse}, what pods use. To
 * begin with:
 *
 * <ul>
 *   <li>{@link io.towtank.traffic.ServiceDemand}, {@link io.towtank.traffic.DemandCurve}, {@link
 *       io.towtank.traffic.RequestCost}, {@link io.towtank.traffic.TrafficSource}: what clients
 *       want
 *   <li>{@link io.towtank.traffic.Router}, {@link io.towtank.traffic.Route}: where it goes; {@code
 *       route} has the rules of Ingress and Istio
 *   <li>{@link io.towtank.traffic.Dataplane}: who carries it, and how late they learn of endpoints;
 *       {@link io.towtank.traffic.Balancing}: which endpoint gets how much; {@code
 *       EndpointColumns}: which are looked at (traffic policies, hints)
 *   <li>{@code Places}, {@code Backends}, {@code NodeRules}: nodes, endpoints, and what is known of
 *       them, as the cluster tells it
 *   <li>{@code QueueTable}: how long requests wait for a pod, which is where the formulas are
 *   <li>{@link io.towtank.traffic.ServiceTraffic}: all of it together, an interval after the other
 *   <li>{@link io.towtank.traffic.TrafficResult}: what became of it
 * </ul>
 */
@NullMarked
package io.towtank.traffic;

import org.jspecify.annotations.NullMarked;
