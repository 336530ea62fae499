@NullMarked
package io.towtank.controllers.nodelifecycle;

import org.jspecify.annotations.NullMarked;
