@NullMarked
package io.towtank.controllers.provisioner;

import org.jspecify.annotations.NullMarked;
