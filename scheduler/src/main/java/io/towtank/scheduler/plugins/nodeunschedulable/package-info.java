/** Cordoned nodes (kube-scheduler: NodeUnschedulable). */
@NullMarked
package io.towtank.scheduler.plugins.nodeunschedulable;

import org.jspecify.annotations.NullMarked;
