/** In which order pods are tried (kube-scheduler: PrioritySort). */
@NullMarked
package io.towtank.scheduler.plugins.queuesort;

import org.jspecify.annotations.NullMarked;
