/** Claims that only one pod may use. */
@NullMarked
package io.towtank.scheduler.plugins.volumerestrictions;

import org.jspecify.annotations.NullMarked;
