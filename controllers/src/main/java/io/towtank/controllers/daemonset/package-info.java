/**
 * The DaemonSet controller: a pod on every node that matches.
 *
 * <p>{@link io.towtank.controllers.daemonset.DaemonTemplate} says on which nodes and makes the
 * pods, {@link io.towtank.controllers.daemonset.NodePods} what is to be done on one node, {@link
 * io.towtank.controllers.daemonset.DaemonPods} keeps the counts over all of them, so that a change
 * of one pod costs the same with three nodes and with five thousand, and decides which pods an
 * update replaces; {@link io.towtank.controllers.daemonset.DaemonSetController} carries decisions
 * out.
 */
@NullMarked
package io.towtank.controllers.daemonset;

import org.jspecify.annotations.NullMarked;
