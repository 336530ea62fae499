/**
 * Finding volumes for claims, or nodes on which they can be made (kube-scheduler: VolumeBinding).
 */
@NullMarked
package io.towtank.scheduler.plugins.volumebinding;

import org.jspecify.annotations.NullMarked;
