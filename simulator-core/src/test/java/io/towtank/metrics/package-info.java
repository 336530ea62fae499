@NullMarked
package io.towtank.metrics;

import org.jspecify.annotations.NullMarked;
