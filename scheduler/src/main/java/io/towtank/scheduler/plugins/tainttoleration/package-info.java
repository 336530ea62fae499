/** Taints of nodes and tolerations of pods. */
@NullMarked
package io.towtank.scheduler.plugins.tainttoleration;

import org.jspecify.annotations.NullMarked;
