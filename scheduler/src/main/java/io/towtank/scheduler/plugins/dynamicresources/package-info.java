/** What the presence of dynamic resource allocation does to messages. */
@NullMarked
package io.towtank.scheduler.plugins.dynamicresources;

import org.jspecify.annotations.NullMarked;
