/**
 * The default plugins, a package for each. {@link io.towtank.scheduler.plugins.Registry} lists
 * them, {@link io.towtank.scheduler.plugins.Names} has their names in configurations.
 * PodTopologySpread is the one to read for a rule about a node's place among others, NodePorts for
 * one about a node.
 */
@NullMarked
package io.towtank.scheduler.plugins;

import org.jspecify.annotations.NullMarked;
