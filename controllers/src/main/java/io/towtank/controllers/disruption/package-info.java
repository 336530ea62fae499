/**
 * The disruption controller: tells of each PodDisruptionBudget how many of its pods may go now.
 *
 * <p>{@link io.towtank.controllers.disruption.BudgetSync} decides, as a pure function of counts
 * that {@link io.towtank.controllers.disruption.GuardedPods} keeps; {@link
 * io.towtank.controllers.disruption.DisruptionController} looks up what the pods' owners want and
 * writes the status, which the eviction API then charges.
 */
@NullMarked
package io.towtank.controllers.disruption;

import org.jspecify.annotations.NullMarked;
