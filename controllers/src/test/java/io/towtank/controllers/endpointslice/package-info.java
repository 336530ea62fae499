@NullMarked
package io.towtank.controllers.endpointslice;

import org.jspecify.annotations.NullMarked;
