/** Making room for more important pods. */
@NullMarked
package io.towtank.scheduler.plugins.defaultpreemption;

import org.jspecify.annotations.NullMarked;
