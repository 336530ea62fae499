@NullMarked
package io.towtank.controllers.volumeprotection;

import org.jspecify.annotations.NullMarked;
