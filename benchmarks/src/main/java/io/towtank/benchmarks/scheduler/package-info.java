/** How fast the scheduler decides; see {@code towtank bench scheduler} too. */
@NullMarked
package io.towtank.benchmarks.scheduler;

import org.jspecify.annotations.NullMarked;
