/** Binding through the API. */
@NullMarked
package io.towtank.scheduler.plugins.defaultbinder;

import org.jspecify.annotations.NullMarked;
