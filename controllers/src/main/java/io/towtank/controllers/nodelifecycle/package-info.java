/**
 * Which nodes are lost, and who is told: {@link
 * io.towtank.controllers.nodelifecycle.NodeLifecycleController} draws a node's way, {@code
 * ZoneState} and {@code ZoneTainter} say how fast lost nodes are tainted, {@link
 * io.towtank.controllers.nodelifecycle.NodeTaints} which taints follow from a node's state.
 */
@NullMarked
package io.towtank.controllers.nodelifecycle;

import org.jspecify.annotations.NullMarked;
