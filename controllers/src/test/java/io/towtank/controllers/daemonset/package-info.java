@NullMarked
package io.towtank.controllers.daemonset;

import org.jspecify.annotations.NullMarked;
