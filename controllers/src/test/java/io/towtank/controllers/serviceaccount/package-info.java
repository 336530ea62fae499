@NullMarked
package io.towtank.controllers.serviceaccount;

import org.jspecify.annotations.NullMarked;
