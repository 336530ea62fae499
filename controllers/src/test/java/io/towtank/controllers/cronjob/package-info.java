@NullMarked
package io.towtank.controllers.cronjob;

import org.jspecify.annotations.NullMarked;
