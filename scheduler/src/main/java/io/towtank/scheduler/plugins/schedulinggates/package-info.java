/** Pods that are not to be scheduled yet. */
@NullMarked
package io.towtank.scheduler.plugins.schedulinggates;

import org.jspecify.annotations.NullMarked;
