/** How many volumes a node can have attached (kube-scheduler: NodeVolumeLimits). */
@NullMarked
package io.towtank.scheduler.plugins.nodevolumelimits;

import org.jspecify.annotations.NullMarked;
