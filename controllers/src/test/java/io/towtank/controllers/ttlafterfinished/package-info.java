@NullMarked
package io.towtank.controllers.ttlafterfinished;

import org.jspecify.annotations.NullMarked;
