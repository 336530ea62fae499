@NullMarked
package io.towtank.controllers.podautoscaler;

import org.jspecify.annotations.NullMarked;
