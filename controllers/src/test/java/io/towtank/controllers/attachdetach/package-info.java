@NullMarked
package io.towtank.controllers.attachdetach;

import org.jspecify.annotations.NullMarked;
