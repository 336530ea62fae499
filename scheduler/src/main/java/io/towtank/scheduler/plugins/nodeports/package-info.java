/** Ports of the node that pods take (kube-scheduler: NodePorts). */
@NullMarked
package io.towtank.scheduler.plugins.nodeports;

import org.jspecify.annotations.NullMarked;
