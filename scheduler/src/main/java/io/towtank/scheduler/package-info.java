/**
 * kube-scheduler in virtual time.
 *
 * <p>{@link io.towtank.scheduler.Scheduler} takes pods from the {@link
 * io.towtank.scheduler.SchedulingQueue}, and for each runs a {@link
 * io.towtank.scheduler.SchedulingCycle}: the plugins of the pod's profile filter and score the rows
 * of {@link io.towtank.scheduler.state.ClusterState}. A {@link io.towtank.scheduler.NodeRanking}
 * keeps what the plugins said of each node for one pod template, so that a run of equal pods asks
 * again only about the nodes that changed.
 */
@NullMarked
package io.towtank.scheduler;

import org.jspecify.annotations.NullMarked;
