/**
 * Binds claims to volumes (kube-controller-manager: persistentvolume-binder-controller).
 *
 * <p>{@link io.towtank.controllers.persistentvolume.BindingSync} decides what is to be done about a
 * claim or a volume; {@link io.towtank.controllers.persistentvolume.PersistentVolumeController}
 * does it. It makes no volumes itself: it asks a claim's provisioner to, by an annotation.
 */
@NullMarked
package io.towtank.controllers.persistentvolume;

import org.jspecify.annotations.NullMarked;
