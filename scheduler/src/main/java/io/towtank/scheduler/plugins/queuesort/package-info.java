/** In which order pods are tried. */
@NullMarked
package io.towtank.scheduler.plugins.queuesort;

import org.jspecify.annotations.NullMarked;
