/** Pods that are not to be scheduled yet (kube-scheduler: SchedulingGates). */
@NullMarked
package io.towtank.scheduler.plugins.schedulinggates;

import org.jspecify.annotations.NullMarked;
