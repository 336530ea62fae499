@NullMarked
package io.towtank.controllers.workload;

import org.jspecify.annotations.NullMarked;
