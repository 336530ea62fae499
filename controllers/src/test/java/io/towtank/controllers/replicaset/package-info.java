@NullMarked
package io.towtank.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
