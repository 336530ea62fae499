@NullMarked
package io.towtank.controllers.garbagecollector;

import org.jspecify.annotations.NullMarked;
