/**
 * Which way requests go: {@link io.towtank.traffic.route.ClusterRouter} asks Ingresses, and Istio's
 * VirtualServices and DestinationRules, and where none of them has anything to say it is the
 * service's own rules that count. Each of the rules is a function of the documents and of what is
 * asked, without a cluster around it.
 */
@NullMarked
package io.towtank.traffic.route;

import org.jspecify.annotations.NullMarked;
