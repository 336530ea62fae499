/**
 * Grows volumes whose claims ask for more (the sidecar external-resizer beside each CSI driver).
 *
 * <p>{@link io.towtank.controllers.resizer.ResizeSync} says what comes next for a claim; {@link
 * io.towtank.controllers.resizer.ExternalResizer} does it. Growing the file system on the node,
 * which is the kubelet's part, is done here, too, as soon as a pod that uses the claim runs.
 */
@NullMarked
package io.towtank.controllers.resizer;

import org.jspecify.annotations.NullMarked;
