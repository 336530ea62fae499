/** Deletes pods for which nobody cares any more: whose node is gone, who ended long ago. */
@NullMarked
package io.towtank.controllers.podgc;

import org.jspecify.annotations.NullMarked;
