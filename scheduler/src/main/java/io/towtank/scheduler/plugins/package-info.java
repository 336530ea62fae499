/** The default plugins: one package each, one registry where a newcomer starts. */
@NullMarked
package io.towtank.scheduler.plugins;

import org.jspecify.annotations.NullMarked;
