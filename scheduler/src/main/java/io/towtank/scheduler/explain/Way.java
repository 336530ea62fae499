package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;

/**
 * What would have to change for a pod to fit a node.
 *
 * @param node the node's name
 * @param changes all of them are needed, in the order of the plugins that ask for them
 */
public record Way(String node, ImmutableList<String> changes) {}
