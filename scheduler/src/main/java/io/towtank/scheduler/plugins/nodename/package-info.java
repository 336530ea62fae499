/** Pods that name their node (kube-scheduler: NodeName). */
@NullMarked
package io.towtank.scheduler.plugins.nodename;

import org.jspecify.annotations.NullMarked;
