/** Nodes that have a pod's images already (kube-scheduler: ImageLocality). */
@NullMarked
package io.towtank.scheduler.plugins.imagelocality;

import org.jspecify.annotations.NullMarked;
