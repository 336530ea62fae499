@NullMarked
package io.towtank.controllers.podgc;

import org.jspecify.annotations.NullMarked;
