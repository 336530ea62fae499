@NullMarked
package io.towtank.controllers.verticalpodautoscaler;

import org.jspecify.annotations.NullMarked;
