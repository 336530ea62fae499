/**
 * Claims (ReadWriteOncePod) and disks that only one pod at a time may use (kube-scheduler:
 * VolumeRestrictions).
 */
@NullMarked
package io.towtank.scheduler.plugins.volumerestrictions;

import org.jspecify.annotations.NullMarked;
