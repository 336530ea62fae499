/** Ports of the node that pods take. */
@NullMarked
package io.towtank.scheduler.plugins.nodeports;

import org.jspecify.annotations.NullMarked;
