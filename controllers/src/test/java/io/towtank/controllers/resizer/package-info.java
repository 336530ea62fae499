@NullMarked
package io.towtank.controllers.resizer;

import org.jspecify.annotations.NullMarked;
