@NullMarked
package io.towtank.controllers.servicelb;

import org.jspecify.annotations.NullMarked;
