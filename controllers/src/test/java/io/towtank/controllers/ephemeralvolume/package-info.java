@NullMarked
package io.towtank.controllers.ephemeralvolume;

import org.jspecify.annotations.NullMarked;
