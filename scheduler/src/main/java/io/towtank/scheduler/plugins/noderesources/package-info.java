/** Whether resources suffice, and how full and how evenly used nodes should be. */
@NullMarked
package io.towtank.scheduler.plugins.noderesources;

import org.jspecify.annotations.NullMarked;
