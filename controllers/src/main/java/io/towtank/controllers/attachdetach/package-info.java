/**
 * Has volumes attached to the nodes whose pods need them, and detached again
 * (kube-controller-manager: persistentvolume-attach-detach-controller).
 *
 * <p>{@link io.towtank.controllers.attachdetach.AttachmentSync} decides about one volume; {@link
 * io.towtank.controllers.attachdetach.AttachDetachController} writes the VolumeAttachment objects.
 * It also does what the sidecar external-attacher does beside each CSI driver: it takes the time
 * that attaching takes, and then says so in the object's status, for which kubelets wait.
 */
@NullMarked
package io.towtank.controllers.attachdetach;

import org.jspecify.annotations.NullMarked;
