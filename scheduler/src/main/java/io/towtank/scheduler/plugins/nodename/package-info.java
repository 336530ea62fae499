/** Pods that name their node. */
@NullMarked
package io.towtank.scheduler.plugins.nodename;

import org.jspecify.annotations.NullMarked;
