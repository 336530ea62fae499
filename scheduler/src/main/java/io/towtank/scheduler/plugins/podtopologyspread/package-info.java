/** Even spreading over zones, hosts and other domains. */
@NullMarked
package io.towtank.scheduler.plugins.podtopologyspread;

import org.jspecify.annotations.NullMarked;
