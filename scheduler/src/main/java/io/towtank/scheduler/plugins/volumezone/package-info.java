/** Volumes that are tied to a zone. */
@NullMarked
package io.towtank.scheduler.plugins.volumezone;

import org.jspecify.annotations.NullMarked;
