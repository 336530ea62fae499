@NullMarked
package io.towtank.controllers.disruption;

import org.jspecify.annotations.NullMarked;
