/**
 * What all who deal with claims and volumes agree about: the API server, the scheduler, the
 * controllers, the kubelets.
 *
 * <ul>
 *   <li>{@link io.towtank.volume.VolumeKeys}: the annotations and finalizers through which they
 *       tell one another how far a claim is.
 *   <li>{@link io.towtank.volume.VolumeClaims}: which claims a pod's volumes come from
 *       (component-helpers: storage/ephemeral).
 *   <li>{@link io.towtank.volume.VolumeMatch}: whether a claim may have a volume
 *       (component-helpers: storage/volume).
 *   <li>{@link io.towtank.volume.VolumeDrivers}: whose volume it is, and whether it has to be
 *       attached to a node.
 *   <li>{@link io.towtank.volume.VolumeAttachments}: the objects that say which volume is attached
 *       to which node.
 *   <li>{@link io.towtank.volume.ProvisionerBehaviour}: what the annotations of a class say of the
 *       storage behind it.
 * </ul>
 *
 * <p>Nothing here changes anything: it is all functions of objects.
 */
@NullMarked
package io.towtank.volume;

import org.jspecify.annotations.NullMarked;
