/** Sends the scheduler's requests to extenders, which are real services outside the simulation. */
@NullMarked
package io.towtank.scenarios.extender;

import org.jspecify.annotations.NullMarked;
