/** Tests of ways. */
@NullMarked
package io.towtank.traffic.route;

import org.jspecify.annotations.NullMarked;
