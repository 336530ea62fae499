/**
 * The extension points of the scheduling framework, with Kubernetes' names.
 *
 * <p>A plugin is a small class that says what a rule is. It is asked for a pod's demand once per
 * template ({@code preFilter}, {@code preScore}) and then judges nodes by it; who asks, in which
 * order, and what is remembered between two pods is not its concern. Rules about one node implement
 * {@link io.towtank.scheduler.framework.FilterPlugin} and {@link
 * io.towtank.scheduler.framework.ScorePlugin}; rules about a node's place among the others (zones,
 * racks) implement {@link io.towtank.scheduler.framework.TopologyFilterPlugin} and {@link
 * io.towtank.scheduler.framework.TopologyScorePlugin}.
 */
@NullMarked
package io.towtank.scheduler.framework;

import org.jspecify.annotations.NullMarked;
