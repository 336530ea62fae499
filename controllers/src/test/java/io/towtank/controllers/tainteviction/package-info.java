@NullMarked
package io.towtank.controllers.tainteviction;

import org.jspecify.annotations.NullMarked;
