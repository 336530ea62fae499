/** Affinity and anti-affinity between pods. */
@NullMarked
package io.towtank.scheduler.plugins.interpodaffinity;

import org.jspecify.annotations.NullMarked;
