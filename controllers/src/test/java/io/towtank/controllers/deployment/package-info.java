@NullMarked
package io.towtank.controllers.deployment;

import org.jspecify.annotations.NullMarked;
