@NullMarked
package io.towtank.controllers.resourcequota;

import org.jspecify.annotations.NullMarked;
