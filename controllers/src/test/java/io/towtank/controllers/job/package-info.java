@NullMarked
package io.towtank.controllers.job;

import org.jspecify.annotations.NullMarked;
