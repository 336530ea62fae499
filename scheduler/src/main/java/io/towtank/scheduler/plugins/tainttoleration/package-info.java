/** Taints of nodes and tolerations of pods (kube-scheduler: TaintToleration). */
@NullMarked
package io.towtank.scheduler.plugins.tainttoleration;

import org.jspecify.annotations.NullMarked;
