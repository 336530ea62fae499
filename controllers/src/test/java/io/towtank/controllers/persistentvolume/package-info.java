@NullMarked
package io.towtank.controllers.persistentvolume;

import org.jspecify.annotations.NullMarked;
