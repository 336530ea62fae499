/**
 * The cluster autoscaler, and the cloud that it asks for machines.
 *
 * <p>{@link io.towtank.autoscaler.ClusterAutoscaler} is the component. Every scan interval, if
 * anything has changed that could matter, it takes the pods that the scheduler found no node for,
 * has {@link io.towtank.autoscaler.ScaleUpPlanner} work out which node group should grow, and
 * {@link io.towtank.autoscaler.ScaleDownPlanner} which nodes nobody needs, which {@link
 * io.towtank.autoscaler.ScaleDownActuator} gives up when they are due. Both try pods on nodes in a
 * {@link io.towtank.autoscaler.ClusterSnapshot}: the scheduler's own state and its own filters, in
 * which what is only tried is undone. {@link io.towtank.autoscaler.Readiness} says whether so few
 * nodes fail that it makes sense to act at all, {@link io.towtank.autoscaler.StatusConfigMap} tells
 * users how it all is doing.
 *
 * <p>{@link io.towtank.autoscaler.CloudProvider} stands for the cloud: machines take a while to
 * come, may not be had at all, and cost money as long as they are there. It outlives the autoscaler
 * and knows nothing of pods.
 */
@NullMarked
package io.towtank.autoscaler;

import org.jspecify.annotations.NullMarked;
