/**
 * Deletes Jobs some time after they have ended, where they ask for it (kube-controller-manager:
 * ttl-after-finished-controller, KEP-592).
 */
@NullMarked
package io.towtank.controllers.ttlafterfinished;

import org.jspecify.annotations.NullMarked;
