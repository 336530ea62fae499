/** Volumes that are tied to a zone (kube-scheduler: VolumeZone). */
@NullMarked
package io.towtank.scheduler.plugins.volumezone;

import org.jspecify.annotations.NullMarked;
