@NullMarked
package io.towtank.traffic;

import org.jspecify.annotations.NullMarked;
