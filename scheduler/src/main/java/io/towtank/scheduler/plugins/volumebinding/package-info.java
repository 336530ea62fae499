/**
 * Finding volumes for claims, or nodes on which they can be made (kube-scheduler: VolumeBinding).
 * {@link io.towtank.scheduler.plugins.volumebinding.VolumeBinding} judges nodes, {@code
 * Reservations} keeps and writes what was found, {@code Reachable} knows from where a volume can be
 * reached: by its node affinity or, where a CSI driver has taken over what was once built in, by
 * {@code MigratedTopology}.
 */
@NullMarked
package io.towtank.scheduler.plugins.volumebinding;

import org.jspecify.annotations.NullMarked;
