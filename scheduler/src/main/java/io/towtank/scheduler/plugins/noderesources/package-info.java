/**
 * Whether resources suffice, and how full and how evenly used nodes should be (kube-scheduler:
 * NodeResourcesFit in {@code Fit}, NodeResourcesBalancedAllocation in {@code BalancedAllocation}).
 */
@NullMarked
package io.towtank.scheduler.plugins.noderesources;

import org.jspecify.annotations.NullMarked;
