/** Reads KubeSchedulerConfiguration (v1) and makes profiles of it. */
@NullMarked
package io.towtank.scheduler.config;

import org.jspecify.annotations.NullMarked;
