/** Node selectors and node affinity. */
@NullMarked
package io.towtank.scheduler.plugins.nodeaffinity;

import org.jspecify.annotations.NullMarked;
