/**
 * Keeps claims that pods use, and volumes that are bound, until they are not any more
 * (kube-controller-manager: persistentvolumeclaim-protection-controller,
 * persistentvolume-protection-controller). Both are held by a finalizer, which new ones get from
 * the API server, and which is taken away here once they are to be deleted and nobody needs them.
 */
@NullMarked
package io.towtank.controllers.volumeprotection;

import org.jspecify.annotations.NullMarked;
