@NullMarked
package io.towtank.controllers.statefulset;

import org.jspecify.annotations.NullMarked;
