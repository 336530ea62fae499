/**
 * Gives services of type LoadBalancer a balancer, as a cloud does (cloud-provider:
 * service-lb-controller), after the time that it takes to make one.
 */
@NullMarked
package io.towtank.controllers.servicelb;

import org.jspecify.annotations.NullMarked;
