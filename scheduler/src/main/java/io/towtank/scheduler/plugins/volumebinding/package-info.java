/** Finding or making volumes for claims. */
@NullMarked
package io.towtank.scheduler.plugins.volumebinding;

import org.jspecify.annotations.NullMarked;
