/**
 * Makes the claims of volumes that live as long as their pod (kube-controller-manager:
 * ephemeral-volume-controller, KEP-1698).
 *
 * <p>The pod owns its claim, so that the garbage collector deletes it after the pod. Until the
 * claim is there the scheduler leaves the pod alone: {@code waiting for ephemeral volume
 * controller}. A claim that has the name already and belongs to somebody else is never used: an
 * event tells, and the pod waits until it is gone.
 */
@NullMarked
package io.towtank.controllers.ephemeralvolume;

import org.jspecify.annotations.NullMarked;
