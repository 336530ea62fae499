@NullMarked
package io.towtank.controllers.namespace;

import org.jspecify.annotations.NullMarked;
